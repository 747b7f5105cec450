-- A goal down a tree and over the months by largest remainder, as one would write it in a warehouse.
-- nodes(node_id, parent_id, weight), season(month, weight), goal(amount), all weights whole and some above zero.
WITH RECURSIVE
up(node_id, above) AS (
    SELECT node_id, node_id FROM nodes
    UNION ALL
    SELECT up.node_id, nodes.parent_id FROM up JOIN nodes ON nodes.node_id = up.above WHERE nodes.parent_id IS NOT NULL
),
weighed AS (
    SELECT up.above AS node_id, sum(nodes.weight)::HUGEINT AS weight
    FROM up JOIN nodes ON nodes.node_id = up.node_id
    WHERE up.node_id NOT IN (SELECT parent_id FROM nodes WHERE parent_id IS NOT NULL)
    GROUP BY up.above
),
family AS (
    SELECT nodes.node_id, nodes.parent_id, weighed.weight,
           sum(weighed.weight) OVER (PARTITION BY nodes.parent_id)::HUGEINT AS whole
    FROM nodes JOIN weighed USING (node_id)
),
years(node_id, amount) AS (
    SELECT node_id, (SELECT amount FROM goal)::HUGEINT FROM nodes WHERE parent_id IS NULL
    UNION ALL
    SELECT node_id,
           floored + CASE WHEN row_number() OVER (PARTITION BY parent_id ORDER BY remainder DESC, node_id)
                               <= above - sum(floored) OVER (PARTITION BY parent_id) THEN 1 ELSE 0 END
    FROM (
        SELECT family.node_id, family.parent_id, years.amount AS above,
               (years.amount * family.weight) // family.whole AS floored,
               (years.amount * family.weight) % family.whole AS remainder
        FROM years JOIN family ON family.parent_id = years.node_id
    )
),
cut AS (
    SELECT years.node_id, season.month, years.amount AS year,
           (years.amount * season.weight) // (SELECT sum(weight) FROM season)::HUGEINT AS floored,
           (years.amount * season.weight) % (SELECT sum(weight) FROM season)::HUGEINT AS remainder
    FROM years, season
    WHERE years.node_id NOT IN (SELECT parent_id FROM nodes WHERE parent_id IS NOT NULL)
),
leaves AS (
    SELECT node_id, month,
           floored + CASE WHEN row_number() OVER (PARTITION BY node_id ORDER BY remainder DESC, month)
                               <= year - sum(floored) OVER (PARTITION BY node_id) THEN 1 ELSE 0 END AS amount
    FROM cut
)
SELECT up.above AS node_id, leaves.month, sum(leaves.amount)::BIGINT AS amount
FROM leaves JOIN up ON up.node_id = leaves.node_id
GROUP BY up.above, leaves.month
ORDER BY 1, 2
