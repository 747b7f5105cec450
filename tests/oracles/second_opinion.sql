-- What each metric is, read straight off the facts: no totals, no running sums, no reversals.
-- Parameters: $start, $end (the period, half-open), $as_of, $holder_kind, $holder_id, $tree.
-- A thing that can be taken back (a win) is counted as what stands at the end of the period less what stood at its start.
WITH RECURSIVE
days AS (
  SELECT $start::DATE - 1 AS before_on, least($end::DATE - 1, $as_of::DATE) AS last_on
),
-- Every day of the world, and who was in which team on it (every path, each pair once).
calendar AS (SELECT unnest(generate_series(DATE '2024-12-31', DATE '2025-06-30', INTERVAL 1 DAY))::DATE AS day),
climb AS (
  SELECT day, person_id, team_id FROM calendar JOIN seats
    ON coalesce(effective_from, day) <= day AND day < coalesce(effective_to, DATE '9999-01-01')
  UNION
  SELECT climb.day, climb.person_id, teams.parent_id FROM climb JOIN teams
    ON teams.team_id = climb.team_id AND teams.parent_id IS NOT NULL
    AND coalesce(teams.effective_from, climb.day) <= climb.day
    AND climb.day < coalesce(teams.effective_to, DATE '9999-01-01')
),
counted AS ( -- person p counts for the holder on day d
  SELECT DISTINCT calendar.day, climb.person_id FROM calendar
    JOIN climb ON climb.day = CASE $tree WHEN 'now' THEN $as_of::DATE ELSE calendar.day END
    WHERE $holder_kind = 'team' AND climb.team_id = $holder_id
  UNION SELECT day, $holder_id FROM calendar WHERE $holder_kind = 'person'
),
dated AS (SELECT *, coalesce(amount_minor, 0) AS worth FROM states WHERE effective_from IS NOT NULL),
-- For each day: the deals that are won or lost on it, and the state in which that closing began.
standing AS (
  SELECT calendar.day, s.opportunity_id, s.stage_kind, s.worth, (
    SELECT min(b.effective_from) FROM dated b
    WHERE b.opportunity_id = s.opportunity_id AND b.effective_from <= s.effective_from AND NOT EXISTS (
      SELECT 1 FROM dated c WHERE c.opportunity_id = s.opportunity_id AND c.stage_kind <> s.stage_kind
        AND c.effective_from BETWEEN b.effective_from AND s.effective_from)
  ) AS closed_on
  FROM calendar JOIN dated s ON s.effective_from <= calendar.day
    AND calendar.day < coalesce(s.effective_to, DATE '9999-01-01')
  WHERE s.stage_kind <> 'open'
),
credited AS (
  SELECT standing.*, b.person_id, b.product_id, b.segment_id, date_diff('day', b.opened_on, standing.closed_on) AS took
  FROM standing JOIN dated b ON b.opportunity_id = standing.opportunity_id AND b.effective_from = standing.closed_on
),
-- Day by day, what stands per deal and person: its change from the day before is what happened on the day.
closings AS (
  SELECT day, stage_kind, person_id, product_id, 1 AS n, worth, coalesce(took, 0) AS took, (took IS NOT NULL)::INT AS n_took
    FROM credited
  UNION ALL
  SELECT day + 1, stage_kind, person_id, product_id, -1, -worth, -coalesce(took, 0), -(took IS NOT NULL)::INT FROM credited
),
closed AS (
  SELECT stage_kind, sum(n) AS n, sum(worth) AS worth, sum(took) AS took, sum(n_took) AS n_took
  FROM closings JOIN counted USING (day, person_id), days
  WHERE day BETWEEN $start::DATE AND last_on GROUP BY stage_kind
),
open_now AS (
  SELECT count(*) AS n, coalesce(sum(worth), 0) AS worth FROM dated, days
  WHERE stage_kind = 'open' AND effective_from <= last_on AND last_on < coalesce(effective_to, DATE '9999-01-01')
    AND EXISTS (SELECT 1 FROM counted WHERE counted.day = last_on AND counted.person_id = dated.person_id)
),
begun AS (
  SELECT count(*) AS n, coalesce(sum(worth), 0) AS worth FROM dated JOIN counted
    ON counted.day = dated.effective_from AND counted.person_id = dated.person_id, days
  WHERE opened_on BETWEEN $start::DATE AND last_on AND effective_from = opened_on
),
steps AS (
  SELECT a.person_id, b.effective_from AS day, b.stage_kind <> 'lost' AS is_passed FROM dated a JOIN dated b
    ON a.opportunity_id = b.opportunity_id AND a.effective_to = b.effective_from
  WHERE a.stage_kind = 'open' AND a.stage <> b.stage
),
stepped AS (
  SELECT count(*) FILTER (is_passed) AS passed, count(*) AS n FROM steps JOIN counted USING (day, person_id), days
  WHERE day BETWEEN $start::DATE AND last_on
),
sold AS (
  SELECT coalesce(sum(amount_minor), 0) AS worth FROM bookings JOIN counted
    ON counted.day = booked_on AND counted.person_id = bookings.person_id, days
  WHERE booked_on BETWEEN $start::DATE AND last_on
),
came_back AS (
  SELECT coalesce(sum(amount_minor), 0) AS worth FROM returns JOIN counted
    ON counted.day = returned_on AND counted.person_id = returns.person_id, days
  WHERE returned_on BETWEEN $start::DATE AND last_on
),
paid AS (
  SELECT coalesce(sum(amount_minor), 0) AS worth FROM payments JOIN counted
    ON counted.day = paid_on AND counted.person_id = payments.person_id, days
  WHERE paid_on BETWEEN $start::DATE AND last_on
),
done AS (
  SELECT kind, count(*) AS n FROM activities JOIN counted
    ON counted.day = happened_on AND counted.person_id = activities.person_id, days
  WHERE happened_on BETWEEN $start::DATE AND last_on GROUP BY kind
),
figures AS (
  SELECT
    (SELECT worth FROM sold) AS bookings,
    (SELECT worth FROM came_back) AS returns,
    (SELECT worth FROM paid) AS payments,
    coalesce((SELECT n FROM closed WHERE stage_kind = 'won'), 0) AS deals_won,
    coalesce((SELECT worth FROM closed WHERE stage_kind = 'won'), 0) AS won_amount,
    coalesce((SELECT took FROM closed WHERE stage_kind = 'won'), 0) AS took,
    coalesce((SELECT n_took FROM closed WHERE stage_kind = 'won'), 0) AS n_took,
    coalesce((SELECT n FROM closed WHERE stage_kind = 'lost'), 0) AS deals_lost,
    (SELECT n FROM begun) AS deals_opened,
    (SELECT worth FROM begun) AS pipeline_created,
    (SELECT n FROM open_now) AS open_deals,
    (SELECT worth FROM open_now) AS open_pipeline,
    (SELECT passed FROM stepped) AS passed,
    (SELECT n FROM stepped) AS n_left,
    coalesce((SELECT sum(n) FROM done), 0) AS activities,
    coalesce((SELECT n FROM done WHERE kind = 'call'), 0) AS calls,
    coalesce((SELECT n FROM done WHERE kind = 'email'), 0) AS emails,
    coalesce((SELECT n FROM done WHERE kind = 'meeting'), 0) AS meetings,
    coalesce((SELECT n FROM done WHERE kind = 'demo'), 0) AS demos,
    coalesce((SELECT n FROM done WHERE kind = 'proposal'), 0) AS proposals,
    coalesce((SELECT n FROM done WHERE kind = 'other'), 0) AS other_activities
)
SELECT *,
  bookings - returns AS net_bookings,
  CASE WHEN deals_won + deals_lost > 0 THEN deals_won / (deals_won + deals_lost) END AS win_rate,
  CASE WHEN deals_won > 0 THEN won_amount / deals_won END AS average_deal_size,
  CASE WHEN n_took > 0 THEN took / n_took END AS cycle_time,
  CASE WHEN n_left > 0 THEN passed / n_left END AS stage_conversion,
  CASE WHEN n_took > 0 AND took > 0 AND deals_won > 0 AND deals_won + deals_lost > 0
    THEN open_deals * (deals_won / (deals_won + deals_lost)) * (won_amount / deals_won) / (took / n_took) END AS velocity
FROM figures
