-- Every figure of every holder in every period, and in every part of a slice, from the facts of company_facts.sql.
-- Variables: as_of, tree, cut (product, segment, person, detail or empty). Tables: holders (kind, holder), periods
-- (starts_on, ends_on).
WITH
counted AS (
  SELECT kind, holder, day, person FROM holders JOIN member ON member.team = holder
    WHERE kind = 'team' AND getvariable('tree') = 'then'
  UNION ALL
  SELECT kind, holder, calendar.day, person FROM calendar, holders JOIN member ON member.team = holder
    WHERE kind = 'team' AND getvariable('tree') = 'now' AND member.day = getvariable('as_of')
  UNION ALL
  SELECT kind, holder, day, holder FROM holders, calendar WHERE kind = 'person'
),
spans AS (
  SELECT *, least(ends_on - 1, getvariable('as_of')) AS last_on, (starts_on - INTERVAL 1 YEAR)::DATE AS past_on,
    CASE WHEN getvariable('as_of') >= ends_on - 1 THEN (ends_on - INTERVAL 1 YEAR)::DATE - 1
      ELSE (getvariable('as_of') - INTERVAL 1 YEAR)::DATE END AS past_last_on
  FROM periods
),
cut AS (
  SELECT *, coalesce(CASE getvariable('cut') WHEN 'product' THEN product WHEN 'segment' THEN segment
    WHEN 'person' THEN person WHEN 'detail' THEN detail ELSE '' END, '') AS slice FROM happened
),
flows AS (
  SELECT kind, holder, starts_on, ends_on, slice,
    sum(worth) FILTER (what = 'booking') AS bookings, sum(worth) FILTER (what = 'return') AS returns,
    sum(worth) FILTER (what = 'payment') AS payments,
    sum(n) FILTER (what = 'won') AS deals_won, sum(worth) FILTER (what = 'won') AS won_amount,
    sum(took) FILTER (what = 'won') AS took, sum(n) FILTER (what = 'lost') AS deals_lost,
    sum(n) FILTER (what = 'begun') AS deals_opened, sum(worth) FILTER (what = 'begun') AS pipeline_created,
    sum(n) FILTER (what = 'moved') AS moved, sum(n) FILTER (what = 'fell') AS fell,
    sum(n) FILTER (what = 'customer') AS new_accounts, sum(n) FILTER (what = 'activity') AS activities,
    sum(n) FILTER (what = 'activity' AND detail = 'call') AS calls,
    sum(n) FILTER (what = 'activity' AND detail = 'email') AS emails,
    sum(n) FILTER (what = 'activity' AND detail = 'meeting') AS meetings,
    sum(n) FILTER (what = 'activity' AND detail = 'demo') AS demos,
    sum(n) FILTER (what = 'activity' AND detail = 'proposal') AS proposals,
    sum(n) FILTER (what = 'activity' AND detail = 'other') AS other_activities
  FROM spans JOIN cut ON day BETWEEN starts_on AND last_on JOIN counted USING (day, person) GROUP BY ALL
),
stocks AS (
  SELECT kind, holder, starts_on, ends_on,
    coalesce(CASE getvariable('cut') WHEN 'product' THEN product WHEN 'segment' THEN segment
      WHEN 'person' THEN states.person WHEN 'detail' THEN stage ELSE '' END, '') AS slice,
    count(*) AS open_deals, sum(worth) AS open_pipeline
  FROM spans JOIN states ON begins <= last_on AND last_on < coalesce(ends, DATE '9999-01-01') AND stage_kind = 'open'
    JOIN counted ON counted.day = last_on AND counted.person = states.person GROUP BY ALL
),
past AS (
  SELECT kind, holder, starts_on, ends_on, sum(worth) FILTER (what = 'booking') AS past_bookings,
    sum(n) FILTER (what = 'won') AS past_won, sum(n) FILTER (what = 'activity') AS past_activities
  FROM spans JOIN happened ON day BETWEEN past_on AND past_last_on JOIN counted USING (day, person) GROUP BY ALL
),
days AS (
  SELECT kind, holder, starts_on, ends_on, sum(share) AS n_days,
    coalesce(sum(share) FILTER (day <= getvariable('as_of')), 0) AS n_past,
    coalesce(sum(share) FILTER (day >= getvariable('as_of')), 0) AS n_left
  FROM spans JOIN worked ON day >= starts_on AND day < ends_on JOIN counted USING (day, person) GROUP BY ALL
),
aims AS (
  SELECT h.kind, h.holder, spans.starts_on, spans.ends_on, sum(amount) AS target
  FROM spans, holders h JOIN target t ON t.holder = h.holder AND t.holder_kind = h.kind AND t.metric = 'bookings'
  WHERE t.starts_on >= spans.starts_on AND t.starts_on < spans.ends_on GROUP BY ALL
),
keys AS (
  SELECT kind, holder, starts_on, ends_on, '' AS slice FROM holders, periods WHERE getvariable('cut') = ''
  UNION SELECT kind, holder, starts_on, ends_on, slice FROM flows
  UNION SELECT kind, holder, starts_on, ends_on, slice FROM stocks
),
filled AS (
  SELECT keys.*, COLUMNS('^(took|moved|fell|bookings|returns|payments|deals_.*|won_amount|pipeline_created|new_accounts|activities|calls|emails|meetings|demos|proposals|other_.*|open_.*|past_.*)$'),
    n_days, n_past, n_left, target
  FROM keys LEFT JOIN flows USING (kind, holder, starts_on, ends_on, slice)
    LEFT JOIN stocks USING (kind, holder, starts_on, ends_on, slice)
    LEFT JOIN past USING (kind, holder, starts_on, ends_on)
    LEFT JOIN days USING (kind, holder, starts_on, ends_on)
    LEFT JOIN aims USING (kind, holder, starts_on, ends_on)
),
sums AS (
  SELECT kind, holder, starts_on, ends_on, slice, target, coalesce(n_days, 0) AS n_days, coalesce(n_past, 0) AS n_past,
    coalesce(n_left, 0) AS n_left, coalesce(COLUMNS(* EXCLUDE (kind, holder, starts_on, ends_on, slice, target, n_days, n_past, n_left)), 0)
  FROM filled
),
figures AS (
  SELECT *, bookings - returns AS net_bookings,
    CASE WHEN deals_won + deals_lost > 0 THEN deals_won / (deals_won + deals_lost) END AS win_rate,
    CASE WHEN deals_won > 0 THEN won_amount / deals_won END AS average_deal_size,
    CASE WHEN deals_won > 0 THEN took / deals_won END AS cycle_time,
    CASE WHEN moved + fell > 0 THEN moved / (moved + fell) END AS stage_conversion,
    CASE WHEN past_bookings > 0 THEN (bookings - past_bookings) / past_bookings END AS growth_of_bookings,
    CASE WHEN past_won > 0 THEN (deals_won - past_won) / past_won END AS growth_of_deals_won,
    CASE WHEN past_activities > 0 THEN (activities - past_activities) / past_activities END AS growth_of_activities,
    CASE WHEN target > 0 THEN bookings / target END AS attainment,
    CASE WHEN n_days > 0 THEN floor(target::DECIMAL(20, 0) * n_past / n_days + 0.5) END AS expected,
    CASE WHEN n_past > 0 THEN floor(bookings::DECIMAL(20, 0) * n_days / n_past + 0.5) END AS projected_finish,
    greatest(target - bookings, 0) AS missing
  FROM sums
)
SELECT * EXCLUDE (missing, took, moved, fell), bookings AS actual,
  CASE WHEN target IS NOT NULL THEN missing END AS remaining,
  CASE WHEN expected > 0 THEN bookings / expected END AS pace,
  CASE WHEN target IS NULL THEN NULL WHEN missing = 0 THEN 0 WHEN n_left > 0 THEN ceil(missing / n_left) END AS needed_per_day,
  CASE WHEN target IS NOT NULL AND missing > 0 THEN open_pipeline / missing END AS coverage,
  CASE WHEN cycle_time > 0 THEN open_deals * win_rate * average_deal_size / cycle_time END AS velocity
FROM figures
