package repair

import (
	"context"
	"testing"

	"vehiclebatch/pipeline/ledger"
)

// Two answers whose bodies were exchanged are both readable, and each is the other vehicle's: they are refused, and a rescue
// gives each its own back.
func TestExchangedBodiesAreGivenBack(t *testing.T) {
	t.Parallel()
	const found = "SELECT answer FROM lookups WHERE state='found'"
	for _, column := range []string{"body", "lookup"} {
		dir := smallLedger(t)
		before := contentsOf(t, dir)
		alter(t, dir, "CREATE TEMP TABLE were AS SELECT * FROM answers; UPDATE answers SET "+column+"=(SELECT "+column+" FROM were o WHERE o.id<>answers.id AND o.id IN ((SELECT MIN(answer) FROM ("+found+")), (SELECT MAX(answer) FROM ("+found+`))))
			WHERE id IN ((SELECT MIN(answer) FROM (`+found+")), (SELECT MAX(answer) FROM ("+found+")))")
		what := oneByte(t, dir, before)
		if column == "body" && what != "rescued whole" || what == "harmless" {
			t.Errorf("%s: %s", column, what)
		}
	}
}

// paidInVain is a ledger with a lookup that was paid and whose answer cannot be read: its id, and that of its answer.
func paidInVain(t *testing.T, dir string) (lookup, answer int64) {
	t.Helper()
	alterWithSum(t, dir, `UPDATE attempts SET ticket='', outcome='answered' WHERE lookup=(SELECT MIN(id) FROM lookups WHERE state='found');
		UPDATE lookups SET state='failed', stage='normalise', class='bad_response', ticket='' WHERE id=(SELECT MIN(id) FROM lookups WHERE state='found')`)
	l := openAt(t, dir)
	must(t, l.QueryRow(context.Background(), "SELECT id, answer FROM lookups WHERE class='bad_response'").Scan(&lookup, &answer))
	must(t, l.Close())
	return lookup, answer
}

// An answer of which nobody can say what it was is kept, and nothing is read out of it. What was paid for it is not bought
// again by itself: another run finds that it was answered, or that nobody knows.
func TestAPaidAnswerThatIsNotKnownAnyMore(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for change, state := range map[string]ledger.State{
		"UPDATE answers SET body=(SELECT body FROM answers o WHERE o.id<>answers.id) WHERE id=": ledger.Failed,
		"DELETE FROM answers WHERE id=": ledger.InDoubt,
	} {
		dir := smallLedger(t)
		lookup, answer := paidInVain(t, dir)
		alter(t, dir, change+string(rune('0'+answer)))
		_, err := Rescue(ctx, dir, options(), world)
		must(t, err)
		l := openAt(t, dir)
		k, err := l.LookupByID(ctx, lookup)
		must(t, err)
		if k.State != state || state == ledger.Failed && k.Answer != answer {
			t.Errorf("%s: it is %s with answer %d", change, k.State, k.Answer)
		}
		if state == ledger.InDoubt {
			continue
		}
		if a, err := l.AnswerByID(ctx, answer); err != nil || a.Failure == "" || a.Status != 0 || len(a.Body) == 0 {
			t.Errorf("the answer is kept as %+v, %v", a, err)
		}
	}
}
