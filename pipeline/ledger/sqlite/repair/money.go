package repair

import (
	"database/sql"
	"slices"
	"strconv"

	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// Orders are some orders, and what they cost or may have cost.
type Orders struct {
	Orders int64
	Fen    record.Fen
}

const (
	// likeliestFen is the highest charge, and likeliestLimit the highest limit in whole yuan, that is looked for by the
	// checksum of a row. Of ten times as many amounts too many would agree by chance.
	likeliestFen   = 100_000
	likeliestLimit = 1_000_000
	// mostSearches is how many rows in vain are held against every amount: what remains are rows that say something else
	// that is wrong.
	mostSearches = 50
)

// with is the checksum of a row in which a column says something else; before is the checksum of the columns before it.
func (c *changed) with(column int, before int64, value []byte) int64 {
	sum := stored.ChecksumOn(stored.ChecksumOn(before, value), []byte("|"))
	for _, v := range c.values[column+1:] {
		sum = stored.ChecksumOn(stored.ChecksumOn(sum, v), []byte("|"))
	}
	return sum
}

// amount looks for the amount that a column was, from 0 on in steps.
func (c *changed) amount(column int, step, most int64) (value []byte, ok bool) {
	before := int64(0)
	for _, v := range c.values[:column] {
		before = stored.ChecksumOn(stored.ChecksumOn(before, v), []byte("|"))
	}
	for n := int64(0); n <= most; n += step {
		if value = strconv.AppendInt(value[:0], n, 10); c.with(column, before, value) == c.sum {
			return value, true
		}
	}
	return nil, false
}

// mendCharge gives an order the charge, and what is known of it, that agree with its checksum. It tries the amounts that
// others of its kind had before all others.
func (f *repairer) mendCharge(c *changed) (bool, error) {
	fen, billed := slices.Index(c.Columns, "fen"), slices.Index(c.Columns, "billed")
	is := c.values[fen]
	for _, amount := range f.amountsOf(c) {
		if c.was(fen, amount) {
			return true, f.put(c, fen, setOf(c, fen), amount)
		}
		for _, word := range []string{"yes", "unknown", "reserved", "no"} {
			c.values[fen] = amount
			both := c.was(billed, []byte(word))
			c.values[fen] = is
			if both {
				if err := f.put(c, fen, setOf(c, fen), amount); err != nil {
					return true, err
				}
				return true, f.put(c, billed, setOf(c, billed), []byte(word))
			}
		}
	}
	if f.searches >= mostSearches {
		return false, nil
	}
	if amount, ok := c.amount(fen, 1, likeliestFen); ok {
		return true, f.put(c, fen, setOf(c, fen), amount)
	}
	f.searches++
	return false, nil
}

// amountsOf are the charges that an order of this kind may have had.
func (f *repairer) amountsOf(c *changed) [][]byte {
	vendor, dataset := string(c.values[slices.Index(c.Columns, "vendor")]), record.Dataset(c.values[slices.Index(c.Columns, "dataset")])
	out := slices.Clone(f.amounts)
	if price := f.known.Price(vendor, dataset); price > 0 {
		out = append(out, strconv.AppendInt(nil, int64(price), 10))
	}
	return out
}

// givenBack notes that an order has its charge back, or what was known of it.
func (f *repairer) givenBack(c *changed, column int, value []byte) error {
	if c.Columns[column] == "fen" && !slices.ContainsFunc(f.amounts, func(a []byte) bool { return string(a) == string(value) }) {
		f.amounts = append(f.amounts, slices.Clone(value))
	}
	var fen int64
	err := f.db.QueryRowContext(f.ctx, "SELECT IIF(billed='no', 0, fen) FROM attempts WHERE lookup=? AND n=?", c.key[0], c.key[1]).Scan(&fen)
	if f.restored == nil {
		f.restored = map[[2]any]record.Fen{}
	}
	f.restored[c.key] = record.Fen(fen)
	f.r.GivenBack = Orders{}
	for _, each := range f.restored {
		f.r.GivenBack.Orders++
		f.r.GivenBack.Fen += each
	}
	return err
}

// loseOrder has an order count of which nobody can say what it cost: as much as any of its kind that is as it was written
// down, or as the usual price where there is none, and no less than it says. It does not count as free, nor as never sent.
func (f *repairer) loseOrder(c *changed) error {
	vendor, dataset := string(c.values[slices.Index(c.Columns, "vendor")]), record.Dataset(c.values[slices.Index(c.Columns, "dataset")])
	most, err := f.mostOf(vendor, dataset)
	if err != nil {
		return err
	}
	const at = " WHERE lookup=@lookup AND n=@n"
	named := []any{sql.Named("lookup", c.key[0]), sql.Named("n", c.key[1]), sql.Named("most", int64(most))}
	if _, err := f.db.ExecContext(f.ctx, `UPDATE attempts SET billed=IIF(billed='no' OR billed='yes' AND fen<@most, 'unknown', billed),
		billed_twice=IIF(billed='no' OR billed='yes' AND fen<@most, 'unknown', billed), fen=MAX(fen, @most), fen_twice=MAX(fen, @most),
		outcome=IIF(outcome='withdrawn', 'lost', outcome)`+at, named...); err != nil {
		return err
	}
	var fen int64
	err = f.db.QueryRowContext(f.ctx, "SELECT fen FROM attempts"+at, named[:2]...).Scan(&fen)
	f.r.Unsure.Orders++
	f.r.Unsure.Fen += record.Fen(fen)
	return err
}

// mostOf is the highest charge of the orders of a kind that are as they were written down, or else their usual price.
func (f *repairer) mostOf(vendor string, dataset record.Dataset) (record.Fen, error) {
	k := kind{vendor, dataset}
	if most, ok := f.most[k]; ok {
		return most, nil
	}
	most, err := f.number("SELECT COALESCE((SELECT MAX(fen) FROM attempts WHERE vendor=? AND dataset=? AND NOT "+unsureRow("attempts", "lookup", "n")+"), ?)",
		vendor, string(dataset), int64(f.known.Price(vendor, dataset)))
	if f.most == nil {
		f.most = map[kind]record.Fen{}
	}
	f.most[k] = record.Fen(most)
	return record.Fen(most), err
}

// mendLimit gives a run the limit that agrees with its checksum: none, or one in whole yuan.
func (f *repairer) mendLimit(c *changed) (bool, error) {
	column := slices.Index(c.Columns, limitColumn)
	if c.was(column, nil) {
		return true, f.put(c, column, setOf(c, column), nil)
	}
	amount, ok := c.amount(column, 100, likeliestLimit*100)
	if !ok {
		return false, nil
	}
	return true, f.put(c, column, setOf(c, column), amount)
}

// limitColumn is the limit of a run, as its checksum has it.
const limitColumn = "COALESCE(max_spend, '')"

// loseLimit has a run spend nothing more, until its user says again how much it may, when nobody can say what its limit
// was.
func (f *repairer) loseLimit(c *changed) error {
	if _, err := f.db.ExecContext(f.ctx, "UPDATE runs SET max_spend=0, max_twice=0 WHERE seq=?", c.key[0]); err != nil {
		return err
	}
	f.r.LostLimits = append(f.r.LostLimits, string(c.values[slices.Index(c.Columns, "id")]))
	return nil
}

// evidence is the number of orders that a lookup must have had: one for each of its answers' numbers, and one when it was
// being sent or has a ticket that no order has, although nobody can say what it was. An answer of which nobody can say
// what it was tells of one.
//
// Each lookup is held against all orders, which CASE leaves out for those of which somebody can say what they were.
var evidence = `MAX(COALESCE((SELECT MAX(IIF(` + unsureRow("answers", "s.id", "0") + `, MIN(attempt, 1), attempt)) FROM answers s WHERE s.lookup=lookups.id), 0),
	CASE WHEN source<>0 OR NOT ` + unsureRow("lookups", "lookups.id", "0") + ` THEN 0 WHEN state='submitting' THEN 1 WHEN ticket='' THEN 0
	ELSE NOT EXISTS (SELECT 1 FROM attempts b WHERE b.vendor=lookups.vendor AND b.ticket=lookups.ticket) END)`

// counted has lookups count all the orders that they must have had: those that were taken out are written anew. A lookup
// that was to be ordered has been.
func (f *repairer) counted() error {
	which := "attempts < " + evidence
	ids, err := f.number("SELECT COUNT(*) FROM lookups WHERE " + which)
	if err != nil || ids == 0 {
		return err
	}
	planned := "state='planned' AND " + which
	if err := f.all("CREATE TEMP TABLE ordered AS SELECT id FROM lookups WHERE "+planned, "UPDATE lookups SET attempts="+evidence+" WHERE "+which); err != nil {
		return err
	}
	return f.doubt("id IN (SELECT id FROM temp.ordered)")
}

// uncounted notes the orders that are more than their lookups say.
func (f *repairer) uncounted() error {
	return f.db.QueryRowContext(f.ctx, "SELECT COUNT(*), COALESCE(SUM(IIF(a.billed='no', 0, a.fen)), 0) FROM attempts a JOIN lookups k ON k.id=a.lookup AND a.n>k.attempts WHERE NOT "+
		unsureRow(integrity.SummedLookups.Table, "k.id", "0")).Scan(&f.r.More.Orders, &f.r.More.Fen)
}
