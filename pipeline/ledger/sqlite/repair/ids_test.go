package repair

import (
	"bytes"
	"context"
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger/sqlite"
)

// goesOn holds that a workspace can be worked in after a rescue: a run is planned and bought, all is well, and another
// rescue changes nothing.
func goesOn(t *testing.T, dir string) {
	t.Helper()
	l, err := sqlite.Open(context.Background(), dir, options())
	if err != nil {
		t.Fatalf("after the rescue: %v", err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	_, work := planRun(t, l, "later", 6)
	for i, w := range work {
		use(t, l, w, i%4+1, random)
	}
	if len(work) != 6 {
		t.Errorf("of 6 lookups %d can be sent", len(work))
	}
	must(t, l.Close())
	e, err := Examine(context.Background(), dir)
	must(t, err)
	if !e.Sound() {
		t.Fatalf("after a run: %+v", e.Faults)
	}
	before := contentsOf(t, dir)
	r, err := Rescue(context.Background(), dir, options(), world)
	must(t, err)
	if after := contentsOf(t, dir); !reflect.DeepEqual(before, after) || !changedNothing(r) {
		t.Errorf("a second rescue came to %+v", r)
	}
}

// changedNothing tells whether a rescue has lost, doubted and corrected nothing.
func changedNothing(r *Rescued) bool {
	return r.LostRows+r.LostLookups+r.LostRuns+r.LostAnswers+r.LostOrders+r.AskAgain+r.InDoubt+r.Copies+r.Doubled.Orders+r.GivenBack.Orders+r.Unsure.Orders+r.More.Orders == 0 &&
		len(r.LostLimits) == 0 && r.Unnamed == "" && !r.Truncated && !r.KindLost
}

const lookupColumns = "run,row,dataset,key,vendor,group_id,fan_out,replaced_by,forced,state,next_at,attempts,tries,polls,ticket,answer,source,depends_on,derived,stage,class,code,message,first_at,ticket_at,last_at,answered_at,sum"

// A number that does not fit is not kept, whatever row has it: what was changed alone gets its own back, a copy goes, and
// what can be neither gets the next that is free. Those that are named elsewhere are so still. Later runs find numbers.
func TestNumbersThatDoNotFit(t *testing.T) {
	t.Parallel()
	good := smallLedger(t)
	before := contentsOf(t, good)
	const most = "9223372036854775807"
	for name, edit := range map[string]struct {
		query string
		summed, mended,
		copied bool
	}{
		"an answer's":                  {query: "UPDATE answers SET id=" + most + " WHERE id=2", mended: true},
		"an answer's, and more":        {query: "UPDATE answers SET id=" + most + ", head='Server: x' WHERE id=2"},
		"an answer's below":            {query: "UPDATE answers SET id=-7, head='Server: x' WHERE id=2"},
		"of an answer that is named":   {query: "UPDATE answers SET id=" + most + " WHERE id=(SELECT MIN(answer) FROM lookups WHERE answer>0)", mended: true},
		"an answer's, as if it was so": {query: "UPDATE lookups SET answer=" + most + " WHERE answer=4; UPDATE answers SET id=" + most + " WHERE id=4", summed: true},
		"a copied answer's":            {query: "INSERT INTO answers SELECT " + most + ",lookup,attempt,call,vendor,status,failure,received_at,head,sum,body FROM answers WHERE id=2", copied: true},
		"a lookup's":                   {query: "UPDATE lookups SET id=9999 WHERE id=5", mended: true},
		"a lookup's, the highest":      {query: "UPDATE lookups SET id=" + most + " WHERE id=5", mended: true},
		"a lookup's, everywhere": {query: "UPDATE lookups SET id=" + most + " WHERE id=5; UPDATE attempts SET lookup=" + most + " WHERE lookup=5; UPDATE answers SET lookup=" + most +
			" WHERE lookup=5; UPDATE vehicles SET maintenance=" + most + " WHERE maintenance=5", mended: true},
		"a lookup's, as if it was so": {query: "UPDATE lookups SET id=" + most + " WHERE id=5; UPDATE attempts SET lookup=" + most + " WHERE lookup=5; UPDATE answers SET lookup=" + most +
			" WHERE lookup=5; UPDATE vehicles SET maintenance=" + most + " WHERE maintenance=5", summed: true},
		"a lookup's in the middle, as if it was so": {query: "UPDATE lookups SET id=9999 WHERE id=5; UPDATE attempts SET lookup=9999 WHERE lookup=5; UPDATE answers SET lookup=9999 WHERE lookup=5;" +
			"UPDATE vehicles SET maintenance=9999 WHERE maintenance=5", summed: true},
		"a copied lookup's":        {query: "INSERT INTO lookups SELECT 9999," + lookupColumns + " FROM lookups WHERE id=5", copied: true},
		"a copied lookup's, 1":     {query: "INSERT INTO lookups SELECT " + most + "," + lookupColumns + " FROM lookups WHERE id=3", copied: true},
		"a run's":                  {query: "UPDATE runs SET seq=" + most + " WHERE seq=2", mended: true},
		"a run's, and all of it":   {query: "UPDATE runs SET seq=777777 WHERE seq=2; UPDATE lookups SET run=777777 WHERE run=2; UPDATE vehicles SET run=777777 WHERE run=2", mended: true},
		"a run's, as if it was so": {query: "UPDATE runs SET seq=" + most + " WHERE seq=2; UPDATE lookups SET run=" + most + " WHERE run=2; UPDATE vehicles SET run=" + most + " WHERE run=2", summed: true},
		"a copied run's":           {query: "CREATE TEMP TABLE r AS SELECT * FROM runs WHERE seq=1; UPDATE r SET seq=" + most + ", id='copy'; INSERT INTO runs SELECT * FROM r", copied: true},
		"a copied row's":           {query: "CREATE TEMP TABLE r AS SELECT * FROM vehicles WHERE run=2 AND row=4; UPDATE r SET row=4000; INSERT INTO vehicles SELECT * FROM r", copied: true},
		"a copied order's":         {query: "CREATE TEMP TABLE r AS SELECT * FROM attempts WHERE lookup=5; UPDATE r SET lookup=" + most + "; INSERT INTO attempts SELECT * FROM r", copied: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			copyTo(t, good, dir, sqlite.FileName, "ledger.mark")
			if edit.summed {
				alterWithSum(t, dir, edit.query)
			} else {
				alter(t, dir, edit.query)
			}
			if e, err := Examine(t.Context(), dir); err != nil || e.Sound() && !edit.summed {
				t.Fatalf("nobody minds: %v", err)
			}
			r, err := Rescue(t.Context(), dir, options(), world)
			must(t, err)
			checkMoney(t, before, contentsOf(t, dir), r)
			if edit.mended || edit.copied {
				checkSame(t, before, contentsOf(t, dir))
			}
			if (r.Copies > 0) != edit.copied {
				t.Errorf("copies are left out: %+v", r)
			}
			if edit.mended && !changedNothing(r) {
				t.Errorf("it came to %+v", r)
			}
			goesOn(t, dir)
		})
	}
}

// A lookup that was added to a run whose numbers are all taken moves on those that come later, with all that names them.
func TestLookupsMoveOnForOneThatDoesNotFit(t *testing.T) {
	t.Parallel()
	dir := smallLedger(t)
	before := contentsOf(t, dir)
	alterWithSum(t, dir, "INSERT INTO vehicles (run, row, vehicle_id, vin, plate, plate_type, engine_no, details, maintenance, sum) VALUES (1, 11, 'added', 'LSVAL41Z882104299', '', '', '', '{}', 5000, 0);"+
		"UPDATE runs SET input_rows=11 WHERE seq=1; INSERT INTO lookups SELECT 5000,"+strings.Replace(lookupColumns, "row", "11", 1)+" FROM lookups WHERE id=8;"+
		"UPDATE vehicles SET details=json_set(details, '$.fan_out', json_object('bolt', 12)) WHERE run=2 AND row=3")
	r, err := Rescue(t.Context(), dir, options(), world)
	must(t, err)
	after := contentsOf(t, dir)
	checkMoney(t, before, after, r)
	for id, was := range before.lookups {
		now := id
		if id > 9 {
			now = id + 1
		}
		if is := after.lookups[now]; is.State != was.State || is.Ticket != was.Ticket || after.billed[now] != before.billed[id] || is.Row != was.Row || !bytes.Equal(after.bodies[now], before.bodies[id]) {
			t.Errorf("lookup %d was %+v, and %d is %+v", id, was, now, is)
		}
	}
	if k := after.lookups[10]; k.Run != 1 || k.Row != 11 {
		t.Errorf("the one that was added is %+v", k)
	}
	l, err := sqlite.OpenReadOnly(context.Background(), dir, options().Now)
	must(t, err)
	runs, err := l.Runs(t.Context())
	must(t, err)
	must(t, l.Close())
	for _, run := range runs {
		if want := map[string][2]int64{"one": {1, 10}, "two": {11, 19}}[run.ID]; run.FirstLookup != want[0] || run.LastLookup != want[1] {
			t.Errorf("run %s has lookups %d to %d, want %v", run.ID, run.FirstLookup, run.LastLookup, want)
		}
	}
	if named := valueIn(t, dir, "SELECT details->>'$.fan_out.bolt' FROM vehicles WHERE run=2 AND row=3"); named != 13 {
		t.Errorf("the row names lookup %d, want 13", named)
	}
	goesOn(t, dir)
}

// valueIn is a number that a query finds in a ledger.
func valueIn(t *testing.T, dir, query string) (n int64) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	must(t, err)
	must(t, db.QueryRowContext(t.Context(), query).Scan(&n))
	must(t, db.Close())
	return n
}

func TestApart(t *testing.T) {
	t.Parallel()
	sure := func(id int64) numbered { return numbered{id: id} }
	unsure := func(id int64) numbered { return numbered{id: id, unsure: true} }
	for name, c := range map[string]struct {
		rows []numbered
		fit  int
	}{
		"all":                         {[]numbered{sure(1), sure(2), sure(7)}, 3},
		"a damaged last one":          {[]numbered{sure(1), sure(2), unsure(3)}, 3},
		"far beyond":                  {[]numbered{sure(1), sure(2), sure(1 << 50)}, 2},
		"a damaged one beyond":        {[]numbered{sure(1), sure(2), unsure(9999)}, 2},
		"below":                       {[]numbered{sure(-3), sure(0), sure(1)}, 1},
		"a damaged one in the middle": {[]numbered{sure(1), unsure(2), sure(3)}, 3},
		"after a purge":               {[]numbered{sure(1_900_000), sure(1_900_001)}, 2},
		"none":                        {nil, 0},
	} {
		if fitting, others := apart(c.rows); len(fitting) != c.fit || len(fitting)+len(others) != len(c.rows) {
			t.Errorf("%s: %v fit, %v do not", name, fitting, others)
		}
	}
}
