package report

import (
	"cmp"
	"slices"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// What is new since each vehicle's latest earlier answer: sums by kind, and the vehicles with the most pressing news.

const (
	mostNews    = 40 // vehicles whose news are shown one by one
	openNews    = 8  // of them, those that are seen without a click
	mostOfOne   = 6  // news of one vehicle
	movedFrom   = 5  // per cent by which a value must move to be news of one vehicle
	movedColumn = "private_cny"
)

// news gathers what is new. The zero value is ready for use.
type news struct {
	vehicles int64 // of which something is new
	counts   map[record.ChangeKind]int64
	fines    record.Fen // of the new violations that are not paid, as far as they are known
	moved    record.Fen // by how much the values have moved together
	kept     []newsOf   // the most pressing first
}

// newsOf is what is new of one vehicle.
type newsOf struct {
	row        int64
	vin, plate string
	score      int
	count      int
	list       []newsItem
}

// newsItem is one change, for the page.
type newsItem struct {
	Kind   record.ChangeKind
	What   string
	Amount record.Opt[record.Fen]
	Points record.Opt[int64]
	Before string // of a price, as it is printed
	After  string
	score  int
}

// newsSum is how often one kind of change was seen.
type newsSum struct {
	Kind   record.ChangeKind
	Count  int64
	Amount record.Opt[record.Fen]
}

// add takes the changes of a vehicle whose rows have all come.
func (n *news) add(v *vehicle, w *words) {
	if len(v.changes) == 0 {
		return
	}
	if n.counts == nil {
		n.counts = map[record.ChangeKind]int64{}
	}
	n.vehicles++
	of := newsOf{row: v.Vehicle.Row, vin: v.Vehicle.VIN, plate: v.Vehicle.Plate}
	for i := range v.changes {
		c := &v.changes[i].Change
		if c.Kind == record.ValuationMoved && c.What != movedColumn {
			continue // three prices of one valuation are one piece of news
		}
		n.counts[c.Kind]++
		n.sum(c)
		if item := viewNews(c, w); item.score > 0 {
			of.list = append(of.list, item)
			of.score += item.score
		}
	}
	of.count = len(of.list)
	if of.score == 0 {
		return
	}
	slices.SortStableFunc(of.list, func(a, b newsItem) int { return cmp.Compare(b.score, a.score) })
	of.list = slices.Clone(of.list[:min(len(of.list), mostOfOne)])
	at, _ := slices.BinarySearchFunc(n.kept, of, func(a, b newsOf) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.row, b.row))
	})
	n.kept = slices.Insert(n.kept, at, of)
	n.kept = n.kept[:min(len(n.kept), mostNews)]
}

func (n *news) sum(c *record.Change) {
	switch {
	case c.Kind == record.ViolationNew && isOwed(c):
		n.fines += c.Amount.V
	case c.Kind == record.ValuationMoved:
		n.moved += c.Amount.V
	}
}

// isOwed tells whether a new violation is still to be paid.
func isOwed(c *record.Change) bool { return c.After != string(record.ProcessedPaid) }

// sums are the kinds that were seen, in the order of record.ChangeKinds.
func (n *news) sums() (out []newsSum) {
	for _, kind := range record.ChangeKinds() {
		if n.counts[kind] == 0 {
			continue
		}
		s := newsSum{Kind: kind, Count: n.counts[kind]}
		switch kind {
		case record.ViolationNew:
			s.Amount = record.Some(n.fines)
		case record.ValuationMoved:
			s.Amount = record.Some(n.moved)
		}
		out = append(out, s)
	}
	return out
}

// viewNews is a change as it is shown. Its score orders the news and means nothing else; 0 is what is ordinary, and
// counted alone.
func viewNews(c *record.Change, w *words) newsItem {
	item := newsItem{Kind: c.Kind, What: clip(c.What, longText), score: 1}
	switch c.Kind {
	case record.OdometerBack:
		item.score = weighsRollback
	case record.FlagTurned:
		item.score = weighsComponent
		if (c.After == "true") != (c.What == "odometer_normal") { // for the worse
			item.score = weighsStructural
		}
		item.What = c.What + "_" + c.After
	case record.ViolationNew, record.ViolationReopened:
		item.Amount, item.Points = c.Amount, c.Points
		if isOwed(c) {
			item.score = 5 + int(c.Points.V)*weighsPoint + int(c.Amount.V/fenPerWeight)
		}
	case record.ViolationPaid, record.ViolationProcessed, record.ViolationChanged:
		item.Amount, item.Points = c.Amount, c.Points
	case record.VisitNew, record.RecordFound:
		item.score = 3
	case record.ValuationMoved:
		before, errBefore := record.ParseYuan(c.Before)
		after, errAfter := record.ParseYuan(c.After)
		if errBefore != nil || errAfter != nil || before <= 0 || abs(after-before)*100 < before*movedFrom {
			item.score = 0
			break
		}
		item.What, item.Before, item.After = "", w.yuan(before), w.yuan(after)
		item.score = 2
	}
	return item
}

func abs(f record.Fen) record.Fen { return max(f, -f) }

// newsView is what the page shows of it.
type newsView struct {
	Earlier  bool // there is a run to compare with
	Vehicles int64
	Sums     []newsSum
	List     []newsLine // the first, open to be seen
	Rest     []newsLine // the others
	More     int64      // vehicles with news that are not listed, ordinary ones among them
}

type newsLine struct {
	Row        int64
	VIN, Plate string
	Items      []newsItem
	More       int
	Linked     bool // the vehicle has a section of its own
}

func (n *news) view(earlier bool, linked map[int64]bool) newsView {
	v := newsView{Earlier: earlier, Vehicles: n.vehicles, Sums: n.sums(), More: n.vehicles - int64(len(n.kept))}
	for i, of := range n.kept {
		list := &v.List
		if i >= openNews {
			list = &v.Rest
		}
		*list = append(*list, newsLine{Row: of.row, VIN: of.vin, Plate: of.plate, Items: of.list, More: of.count - len(of.list), Linked: linked[of.row]})
	}
	return v
}

// Change takes what is new of a vehicle.
func (r *Report) Change(row sinks.ChangeRow) error {
	v, err := r.of(row.VehicleID)
	if err != nil {
		return err
	}
	v.changes = append(v.changes, row)
	return nil
}
