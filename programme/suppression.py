"""Which numbers may be shown: those of at least five people, so that nobody is recognised in them. Pure: SQL as text.

The rule has three parts.

1. People of a post wait until five different ones are together. Then they become one count, on that day, and the next
   count of the same measure begins on the day after. People who have waited for longer than 28 days are left out.
2. A count is never changed, also if somebody's data is deleted later: the difference would be that person.
3. Every number that anybody is shown is a sum of counts: of a period, of all posts, of the orders of all merchants, in a
   file and on a page. So the difference of two answers, of which the first contains the second, is again a sum of
   counts, and thus of nobody or of at least five people.

New viewers of one network wait as one person, because anybody can make up viewers: a count of five cannot be four of the
reader's own and a stranger. For the same reason they count as at most five, as in feed/ranking/trust.py.
"""

FEWEST_PEOPLE = 5
LONGEST_WAIT_DAYS = 28
MOST_OF_NETWORK = 5

IS_ENOUGH = f"count(*) >= {FEWEST_PEOPLE}"
"""Whether a group of people, each in one row, may become a count."""
PEOPLE = f"sum(least(members, {MOST_OF_NETWORK}))"
"""How many people are in such a group. `members` is 1 for a person, and the number of new viewers for a network."""
