package repair

import (
	"context"
	"errors"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
)

// A state or an amount that cannot be is refused by whoever opens the ledger,
// found by the doctor, and rescued: a charge counts no less than it did.
func TestWhatCannotBeIsRefusedAndRescued(t *testing.T) {
	t.Parallel()
	good := smallLedger(t)
	before := contentsOf(t, good)
	for name, query := range map[string]string{
		"a negative charge":   "UPDATE attempts SET fen=-fen WHERE lookup=3",
		"a lower charge":      "UPDATE attempts SET fen=fen-1024 WHERE lookup=3",
		"a charge of a ton":   "UPDATE attempts SET fen=fen+(1<<40) WHERE lookup=3",
		"charges too high":    "UPDATE attempts SET fen=9223372036854775807, fen_twice=fen",
		"of no lookup":        "UPDATE attempts SET fen=9223372036854775807, fen_twice=9223372036854775807; DELETE FROM lookups WHERE id IN (SELECT lookup FROM attempts)",
		"a charge forgiven":   "UPDATE attempts SET billed='no' WHERE lookup=(SELECT MIN(lookup) FROM attempts WHERE billed='yes')",
		"a purge too early":   "UPDATE runs SET finished_at=1 WHERE seq=1",
		"another list":        "UPDATE runs SET input_sha256='00aa' WHERE seq=1",
		"another key":         "UPDATE lookups SET key=x'00112233445566778899aabbccddeeff' WHERE id=3",
		"another vehicle":     "UPDATE vehicles SET vin='LSVAL41Z882104203' WHERE run=1 AND row=4",
		"another plate":       "UPDATE vehicles SET plate='x' WHERE run=1 AND row=4",
		"no vehicle":          "UPDATE vehicles SET vehicle_id='' WHERE run=1 AND row=4",
		"found, then nothing": "UPDATE lookups SET state='no_record' WHERE id=(SELECT MIN(id) FROM lookups WHERE state='found')",
		"doubt, then planned": "UPDATE lookups SET state='planned', stage='', class='' WHERE id=(SELECT MIN(id) FROM lookups WHERE state='in_doubt')",
		"failed, not doubt":   "UPDATE lookups SET state='failed' WHERE id=(SELECT MIN(id) FROM lookups WHERE state='in_doubt')",
		"never answered":      "UPDATE lookups SET answered_at=0 WHERE id=(SELECT MIN(id) FROM lookups WHERE state='found')",
		"another ticket":      "UPDATE lookups SET ticket='T7' WHERE id=(SELECT MIN(id) FROM lookups WHERE state='waiting')",
		"gone on":             "UPDATE lookups SET replaced_by=3 WHERE id=2",
		"asked everywhere":    "UPDATE lookups SET fan_out=1 WHERE id=2",
		"a higher limit":      "UPDATE runs SET max_spend=max_spend+65536",
		"a negative limit":    "UPDATE runs SET max_spend=-1",
		"a state":             "UPDATE lookups SET state='gound' WHERE id=6",
		"a charge's state":    "UPDATE attempts SET billed='yfs' WHERE lookup=6",
		"a run's state":       "UPDATE runs SET state='opeo' WHERE seq=2",
		"a run planned again": "UPDATE runs SET state='planning' WHERE seq=1",
		"a run's id":          "UPDATE runs SET id='../../tr' WHERE seq=1",
		"found, then planned": "UPDATE lookups SET state='planned' WHERE id=3",
		"failed without why":  "UPDATE lookups SET state='failed', class='', stage='' WHERE id=3",
		"a halt":              "UPDATE halts SET stops='callt'",
		"columns of a row":    `UPDATE vehicles SET details='{"line":1.5}' WHERE row=4`,
		"a range":             "UPDATE runs SET last_lookup=4 WHERE seq=1",
		"a row's lookup":      "UPDATE vehicles SET maintenance=5 WHERE run=1 AND row=4",
		"a number of orders":  "UPDATE lookups SET attempts=129 WHERE id=6",
		"an order's number":   "UPDATE attempts SET n=129 WHERE lookup=6",
		"a wait of years":     "UPDATE lookups SET next_at=last_at+300000000000000 WHERE id=(SELECT MIN(id) FROM lookups WHERE state='waiting')",
		"an order put off":    "UPDATE lookups SET next_at=last_at+300000000000000 WHERE id=(SELECT MIN(id) FROM lookups WHERE state='planned')",
		"a vendor's name":     "UPDATE lookups SET vendor='acne' WHERE id=2; UPDATE attempts SET vendor='acne' WHERE lookup=2",
		"a reply's vendor":    "UPDATE answers SET vendor='acne' WHERE call='submit' AND lookup=2",
		"another one's name":  "UPDATE lookups SET vendor='other' WHERE id=2; UPDATE attempts SET vendor='other' WHERE lookup=2",
		"a run's formats":     "UPDATE runs SET formats='exe' WHERE seq=1",
		"a purge":             "UPDATE runs SET purged_at=1 WHERE seq=1",
		"a strictness":        "UPDATE runs SET strict_vin=2 WHERE seq=1",
		"no class":            "UPDATE lookups SET state='in_doubt', class='' WHERE id=3",
		"a class":             "UPDATE lookups SET class='x' WHERE id=(SELECT MIN(id) FROM lookups WHERE state='in_doubt')",
		"a stage":             "UPDATE lookups SET stage='x' WHERE id=(SELECT MIN(id) FROM lookups WHERE state='failed')",
		"an answer's vendor":  "UPDATE answers SET vendor='' WHERE call='submit' AND lookup=2",
		"a kept answer":       "UPDATE lookups SET answer=1<<60 WHERE id=(SELECT MIN(id) FROM lookups WHERE state='failed')",
		"a run's number":      "UPDATE runs SET seq=0 WHERE seq=1",
		"a beginning":         "UPDATE workspace SET created_at=-1",
		"an answer's lookup":  "UPDATE answers SET lookup=-1 WHERE id=(SELECT MIN(answer) FROM lookups WHERE state='found')",
		"a row gone":          "DELETE FROM vehicles WHERE run=2 AND row=9",
		"the last row gone":   "DELETE FROM vehicles WHERE run=2 AND row=10",
		"what stands beside":  "UPDATE lookups SET group_id=1 WHERE id=5",
		"the year of a start": "UPDATE runs SET started_at=1<<60 WHERE seq=1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			copyTo(t, good, dir, sqlite.FileName, "ledger.mark")
			alter(t, dir, query)
			if what := oneByte(t, dir, before); what == "harmless" {
				t.Error("nobody minds")
			}
		})
	}
}

// An order of which nothing came back leaves an answer without a body. A rescue keeps it, and what was in
// doubt because of it stays so, whatever its state was changed to.
func TestAnAnswerWithoutABodyIsKept(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), smallLedger(t)
	alter(t, dir, `INSERT INTO answers (id, lookup, attempt, call, vendor, status, failure, received_at, sum, body)
		SELECT 1000, id, attempts, 'submit', vendor, 0, 'EOF', last_at, 0, x'' FROM lookups WHERE state='in_doubt' LIMIT 1;
		UPDATE lookups SET state='planned', answer=1000 WHERE id=(SELECT lookup FROM answers WHERE id=1000)`)
	r, err := Rescue(ctx, dir, options(), world)
	must(t, err)
	l := openAt(t, dir)
	a, err := l.AnswerByID(ctx, r.Answers) // its number follows on those of the others
	must(t, err)
	k, err := l.LookupByID(ctx, a.Lookup)
	must(t, err)
	if k.State != ledger.InDoubt {
		t.Errorf("an order in doubt is %s after a rescue", k.State)
	}
}

// Two ledgers that are rescued within a second are both kept.
func TestTwoRescuesWithinASecond(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), smallLedger(t)
	kept := map[string]bool{}
	for range 3 {
		alter(t, dir, "UPDATE runs SET strict_vin=2 WHERE seq=1")
		r, err := Rescue(ctx, dir, options(), world)
		must(t, err)
		kept[r.Kept] = true
	}
	if len(kept) != 3 {
		t.Errorf("kept as %v", kept)
	}
}

// What kind a workspace is, its checksum says. Where that is gone as well, the answers are taken for made up only where
// the simulator gave them all: none that was bought is ever taken for made up.
func TestAWorkspaceOfTwoKinds(t *testing.T) {
	t.Parallel()
	heads := map[string]bool{
		"UPDATE answers SET head='Server: made-up'":                                                                              true,
		"UPDATE answers SET head='Server: made-up'; UPDATE answers SET head='Server: nginx' WHERE id=1":                          false,
		"UPDATE answers SET head='Server: made-up'; UPDATE answers SET head='', status=0 WHERE id=(SELECT MAX(id) FROM answers)": true,
		"UPDATE answers SET head=''": false,
	}
	for change, said := range map[string]int{"simulated=1": -1, "simulated_twice=1": -1, "simulated=64": -1, "simulated_twice=-1": -1, "simulated=64, simulated_twice=64": -1,
		"simulated=1, simulated_twice=1": 1} {
		for answers, madeUp := range heads {
			for _, sum := range []string{"", ", sum=sum+65537"} {
				ctx, dir := context.Background(), smallLedger(t)
				alterWithSum(t, dir, answers)
				alter(t, dir, "UPDATE workspace SET "+change+sum)
				if err := looks(ctx, dir); err == nil {
					t.Errorf("%s: nobody minds", change)
				}
				r, err := Rescue(ctx, dir, options(), world)
				must(t, err)
				simulated, lost := sum != "" && madeUp, sum != "" && (said < 0 || !madeUp)
				if is := isSimulated(t, dir); is != simulated || r.KindLost != lost || lost && r.Simulated != simulated {
					t.Errorf("%s%s, %s: made up %v, %+v", change, sum, answers, is, r)
				}
			}
		}
	}
}

func isSimulated(t *testing.T, dir string) bool {
	t.Helper()
	l, err := sqlite.OpenReadOnly(context.Background(), dir, options().Now)
	must(t, err)
	is, err := l.Simulated(context.Background())
	must(t, errors.Join(err, l.Close()))
	return is
}

// A workspace without answers that is not as it was written down is of the kind that it says twice.
func TestTheKindOfAWorkspaceWithoutAnswers(t *testing.T) {
	t.Parallel()
	for _, simulated := range []bool{false, true} {
		dir, o := t.TempDir(), options()
		o.Simulated = simulated
		l, err := sqlite.Open(context.Background(), dir, o)
		must(t, err)
		planRun(t, l, "one", 3)
		must(t, l.Close())
		alter(t, dir, "UPDATE workspace SET sum=sum+65537")
		r, err := Rescue(context.Background(), dir, options(), world)
		must(t, err)
		if is := isSimulated(t, dir); is != simulated || r.KindLost {
			t.Errorf("made up %v, was %v: %+v", is, simulated, r)
		}
	}
}
