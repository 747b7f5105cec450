-- Pay of the demo company, reckoned by hand from the rows of its database: what each person has earned by each component
-- of each month, by everything believed in the end. Whole numbers only; rates and bounds are parts of a thousand.
with recursive event as (
    select credited_id as owner, booked_on as on_day, booked_on as sold_on, amount_minor as amount
    from booking where superseded_at is null and credited_id is not null
    union all
    select b.credited_id, r.returned_on, b.booked_on, -r.amount_minor
    from "return" r join booking b on b.source_id = r.booking_source_id and b.source_system = r.source_system
    where r.superseded_at is null and b.superseded_at is null and b.credited_id is not null
      and ({with_late} or r.source_id <> 'late')
),
sat as (
    select s.person_id, p.team_id, p.hat, coalesce(s.effective_from, date '1000-01-01') as from_day,
           coalesce(s.effective_to, date '9000-01-01') as to_day
    from seat s join "position" p on p.id = s.position_id where s.superseded_at is null
),
up as (   -- a team and every team above it on a day on which something was sold
    select distinct e.sold_on as day, s.team_id as team, s.team_id as above
    from event e join sat s on s.person_id = e.owner and e.sold_on >= s.from_day and e.sold_on < s.to_day
    union
    select up.day, up.team, l.parent_id
    from up join team_link l on l.team_id = up.above and l.superseded_at is null and l.parent_id is not null
     and up.day >= coalesce(l.effective_from, date '1000-01-01') and up.day < coalesce(l.effective_to, date '9000-01-01')
),
below as (   -- who is credited with whose events on which day: oneself, and whom one leads
    select distinct up.day, s.person_id as owner, m.person_id as payee
    from up join sat s on s.team_id = up.team and up.day >= s.from_day and up.day < s.to_day
    join sat m on m.team_id = up.above and m.hat in ('manager', 'director') and up.day >= m.from_day and up.day < m.to_day
    union
    select distinct sold_on, owner, owner from event
),
credit as (
    select 'reps' as plan, owner as person, on_day, amount from event
    union all
    select 'managers', b.payee, e.on_day, e.amount from event e join below b on b.owner = e.owner and b.day = e.sold_on
),
grid as (
    select a.plan, a.person, a.quota, m.at as month
    from assigned a, (select date '{first}' + to_months(n)::interval as at from range({n_months}) t(n)) m
),
reached as (
    select g.*, (g.month::date) as starts,
        (select coalesce(sum(amount), 0) from credit c where c.plan = g.plan and c.person = g.person
           and year(c.on_day) = year(g.month) and month(c.on_day) <= month(g.month))::hugeint as year_to_date,
        (select coalesce(sum(amount), 0) from credit c where c.plan = g.plan and c.person = g.person
           and year(c.on_day) = year(g.month) and quarter(c.on_day) = quarter(g.month)
           and month(c.on_day) <= month(g.month))::hugeint as quarter_to_date
    from grid g
),
earned as (   -- marginal: 4 % times 1, 1.5, 2 for reps; 1 % times 1, 1.5 for managers, of a year's quota
    select plan, person, starts, case plan when 'reps' then 'commission' else 'override' end as component,
        case plan
          when 'reps' then 40 * (2 * least(year_to_date, 12 * quota)
              + 3 * (least(greatest(year_to_date, 12 * quota), 15 * quota) - 12 * quota)
              + 4 * (greatest(year_to_date, 15 * quota) - 15 * quota))
          else 10 * (2 * least(year_to_date, 12 * quota) + 3 * (greatest(year_to_date, 12 * quota) - 12 * quota))
        end as twothousandths, year(starts) as span
    from reached
    union all
    select plan, person, starts, 'quarter bonus', case when quarter_to_date >= 3 * quota then 250000 * 2000 else 0 end,
        year(starts) * 10 + quarter(starts)
    from reached where plan = 'reps'
),
rounded as (
    select *, (sign(twothousandths) * ((abs(twothousandths) + 1000) // 2000))::bigint as to_date from earned
)
select plan, person, component, starts, to_date - coalesce(lag(to_date) over (
    partition by plan, person, component, span order by starts), 0) as pay
from rounded order by all
