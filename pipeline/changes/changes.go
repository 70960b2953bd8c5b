// Package changes tells what two answers about one vehicle differ in: what is
// new, what has become of the old, what is no more there. It is pure, and the
// order in which a vendor lists things does not matter to it.
package changes

import (
	"strconv"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

// Said is what was answered at one time.
type Said struct {
	Status record.Status // found or no_record; there is nothing to compare in others
	Vendor string
	Answer record.Answer // of found
}

// Compare lists the changes from one answer to a later one about the same
// vehicle and dataset. What one of the two does not say is no change. Of two
// vendors only what both can say is compared: that one does not list what the
// other has listed means nothing.
func Compare(before, after Said) []record.Change {
	switch {
	case before.Status == record.NoRecord && after.Status == record.Found:
		return []record.Change{{Kind: record.RecordFound, What: size(&after.Answer), Before: string(before.Status), After: string(after.Status)}}
	case before.Status == record.Found && after.Status == record.NoRecord:
		return []record.Change{{Kind: record.RecordLost, What: size(&before.Answer), Before: string(before.Status), After: string(after.Status)}}
	case before.Status != record.Found || after.Status != record.Found:
		return nil
	}
	a, b := &before.Answer, &after.Answer
	sameVendor := before.Vendor == after.Vendor
	switch {
	case a.Report != nil && b.Report != nil:
		return compareReports(a.Report, b.Report, sameVendor)
	case a.Valuation != nil && b.Valuation != nil:
		return compareValuations(a.Valuation, b.Valuation)
	case a.Violations != nil && b.Violations != nil:
		return compareViolations(a.Violations, b.Violations, sameVendor)
	}
	return nil
}

// size says how much there is in an answer.
func size(a *record.Answer) string {
	switch {
	case a.Report != nil:
		return record.Counted(len(a.Report.Visits), "visit")
	case a.Valuation != nil:
		return a.Valuation.ModelName
	}
	return record.Counted(len(a.Violations), "violation")
}

// compareValuations tells by how much each price has moved.
func compareValuations(before, after *record.Valuation) []record.Change {
	var out []record.Change
	for _, p := range []struct {
		column string
		a, b   record.Opt[record.Fen]
	}{
		{"dealer_buy_cny", before.DealerBuy, after.DealerBuy}, {"private_cny", before.Private, after.Private},
		{"dealer_sell_cny", before.DealerSell, after.DealerSell}, {"new_price_cny", before.NewPrice, after.NewPrice},
	} {
		if p.a.OK && p.b.OK && p.a.V != p.b.V {
			out = append(out, record.Change{Kind: record.ValuationMoved, What: p.column, Before: p.a.V.String(), After: p.b.V.String(),
				Amount: record.Some(p.b.V - p.a.V)})
		}
	}
	return out
}

// Asked tells in words what a valuation was asked with that is not what the
// earlier one was asked with: the price may have moved by that alone. "" when
// both were asked the same.
func Asked(before, after *record.Vehicle) string {
	var words []string
	for _, column := range []string{record.ColModelID, record.ColCityID, record.ColFirstRegistered, record.ColMileageKM, record.ColTransfers, record.ColColor,
		record.ColAccident, record.ColAppearance, record.ColInterior, record.ColElectrical, record.ColEngine} {
		if a, b := before.Value(column), after.Value(column); a != b {
			words = append(words, column+" "+orNone(b)+", before "+orNone(a))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "asked with " + strings.Join(words, "; ")
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func compareReports(before, after *record.Report, sameVendor bool) []record.Change {
	var out []record.Change
	was := normalise.Findings(before)
	for i, now := range normalise.Findings(after) {
		if a := was[i].Flag; a.OK && now.Flag.OK && a.V != now.Flag.V {
			out = append(out, record.Change{Kind: record.FlagTurned, What: now.Column, Before: strconv.FormatBool(a.V), After: strconv.FormatBool(now.Flag.V)})
		}
	}
	return append(out, compareVisits(before.Visits, after.Visits, sameVendor)...)
}
