-- A company's files (terms/templates.py) as facts, from the words of docs/methods and docs/house.md alone.
-- Variable: folder. Table: holiday (country, day). Money in minor units. Dates are half-open, empty ends are open.
CREATE TABLE calendar AS
  SELECT unnest(generate_series(DATE '2022-01-01', DATE '2028-12-31', INTERVAL 1 DAY))::DATE AS day;
CREATE MACRO file(name) AS TABLE
  SELECT * FROM read_csv(getvariable('folder') || '/' || name || '.csv', header = true, all_varchar = true);
CREATE TABLE rates AS
  SELECT currency, "on"::DATE AS since, rate::DECIMAL(12, 6) AS rate FROM file('exchange_rates');
CREATE MACRO minor(amount, money, day) AS
  round(amount::DECIMAL(18, 2) * 100 * CASE WHEN coalesce(money, 'USD') = 'USD' THEN 1 ELSE
    (SELECT max_by(rate, since) FROM rates WHERE rates.currency = money AND since <= day) END)::BIGINT;

-- Who was in which team on every day, by every path, each pair once.
CREATE TABLE member AS WITH RECURSIVE climb AS (
  SELECT day, person, team FROM calendar JOIN file('people')
    ON coalesce(effective_from::DATE, day) <= day AND day < coalesce(effective_to::DATE, DATE '9999-01-01')
  UNION
  SELECT climb.day, climb.person, t.parent FROM climb JOIN file('teams') t ON t.team = climb.team AND t.parent IS NOT NULL
    AND coalesce(t.effective_from::DATE, climb.day) <= climb.day
    AND climb.day < coalesce(t.effective_to::DATE, DATE '9999-01-01')
) SELECT * FROM climb;

-- Weekdays that are no holiday where the person is, times part time, less leave; only while there is a seat.
CREATE TABLE worked AS
  SELECT day, p.person, max(p.part_time::DECIMAL(6, 4)) * (1 - least(1, coalesce((
      SELECT sum(coalesce(l.share, '1')::DECIMAL(6, 4)) FROM file('leave') l
      WHERE l.person = p.person AND l.starts_on::DATE <= calendar.day AND calendar.day < l.ends_on::DATE), 0))) AS share
  FROM calendar JOIN file('people') p
    ON coalesce(effective_from::DATE, day) <= day AND day < coalesce(effective_to::DATE, DATE '9999-01-01')
  WHERE isodow(day) < 6 AND NOT EXISTS (SELECT 1 FROM holiday h WHERE h.country = p.country AND h.day = calendar.day)
  GROUP BY day, p.person;

-- Every deal here has a history; its last row says what the deals file says, at the rate of the deal's own day.
CREATE TABLE states AS
  SELECT h.opportunity, h.effective_from::DATE AS begins,
    lead(h.effective_from::DATE) OVER deal AS ends, h.stage, h.stage_kind,
    CASE WHEN lead(h.stage) OVER deal IS NULL
      THEN minor(d.amount, d.currency, coalesce(d.closed_on, d.opened_on)::DATE)
      ELSE minor(h.amount, h.currency, h.effective_from::DATE) END AS worth,
    h.owner AS person, d.account, d.product, a.segment, d.opened_on::DATE AS opened_on,
    lag(h.stage) OVER deal AS was_stage, lag(h.stage_kind) OVER deal AS was_kind, lag(h.owner) OVER deal AS was_person
  FROM file('opportunity_history') h JOIN file('opportunities') d USING (opportunity)
    LEFT JOIN file('accounts') a ON a.account = d.account
  WINDOW deal AS (PARTITION BY h.opportunity ORDER BY h.effective_from::DATE);

-- The person on the line; without one the owner of its deal on the day; without that the holder of its territory.
CREATE TABLE sold AS
  SELECT b.booking, b.booked_on::DATE AS day, b.account, b.product, a.segment,
    minor(b.amount, b.currency, b.booked_on::DATE) AS worth,
    coalesce(b.person,
      (SELECT s.person FROM states s WHERE s.opportunity = b.opportunity AND s.begins <= b.booked_on::DATE
        AND b.booked_on::DATE < coalesce(s.ends, DATE '9999-01-01')),
      (SELECT t.person FROM file('territories') t WHERE t.territory = coalesce(b.territory, a.territory)
        AND coalesce(t.effective_from::DATE, b.booked_on::DATE) <= b.booked_on::DATE
        AND b.booked_on::DATE < coalesce(t.effective_to::DATE, DATE '9999-01-01'))) AS person
  FROM file('bookings') b LEFT JOIN file('accounts') a ON a.account = b.account;

-- What happened, each once: for whom, of what, how many, worth how much, after how many days.
CREATE TABLE happened AS
  SELECT 'booking' AS what, day, person, product, segment, '' AS detail, 1 AS n, worth, 0 AS took FROM sold
  UNION ALL
  SELECT 'return', r.returned_on::DATE, sold.person, sold.product, sold.segment, '', 1,
    minor(r.amount, r.currency, r.returned_on::DATE), 0 FROM file('returns') r LEFT JOIN sold USING (booking)
  UNION ALL
  SELECT 'payment', p.paid_on::DATE, sold.person, sold.product, sold.segment, '', 1,
    minor(p.amount, p.currency, p.paid_on::DATE), 0 FROM file('payments') p LEFT JOIN sold USING (booking)
  UNION ALL
  SELECT 'activity', happened_on::DATE, person, NULL, NULL, kind, 1, 0, 0 FROM file('activities')
  UNION ALL
  SELECT stage_kind, begins, person, product, segment, '', 1, worth, begins - opened_on FROM states
    WHERE stage_kind <> 'open' AND was_kind IS DISTINCT FROM stage_kind
  UNION ALL
  SELECT 'begun', begins, person, product, segment, '', 1, worth, 0 FROM states WHERE was_kind IS NULL
  UNION ALL
  SELECT CASE stage_kind WHEN 'lost' THEN 'fell' ELSE 'moved' END, begins, was_person, product, segment, was_stage, 1, 0, 0
    FROM states WHERE was_kind = 'open' AND was_stage <> stage
  UNION ALL (
    SELECT DISTINCT ON (account) 'customer', day, person, product, segment, '', 1, 0, 0 FROM (
      SELECT account, day, 2 AS rank, booking AS code, person, product, segment FROM sold
      UNION ALL
      SELECT account, begins, 1, opportunity, person, product, segment FROM states WHERE stage_kind = 'won'
    ) WHERE account IS NOT NULL ORDER BY account, day, rank, code
  );

CREATE TABLE target AS
  SELECT holder, holder_kind, metric, starts_on::DATE AS starts_on,
    minor(amount, currency, starts_on::DATE) AS amount FROM file('targets') WHERE period_kind = 'month';
