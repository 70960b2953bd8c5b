package wapi

import (
	"fmt"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// product is one of the vendor's products, told by the keys that only its answers
// have. The store sells many under one address, and a path in the configuration may
// be that of another than the one that is meant.
type product struct {
	dataset record.Dataset // "" for one that is not read here
	title   string
	keys    []string
}

// products are never written to. An older report codes its flags 0 and 1 and not 1
// and 2, and names the day of a visit otherwise: read as the new one, a burnt car
// would be one of which nothing is said.
var products = []product{
	{record.DatasetMaintenance, "a maintenance report (170/379)", []string{"maintain_dateline", "kilomete", "car_is_fire", "car_is_water", "structure_is_repair",
		"important_parts_is_repair", "appearance_is_repair", "kilomete_is_normal", "last_kilometer", "maintain_type", "meterial"}},
	{"", "an older maintenance report, as 96/224 gives it", []string{"car_report", "normalRepairRecords", "componentAnalyzeRepairRecords",
		"constructAnalyzeRepairRecords", "outsideAnalyzeRepairRecords", "carFireFlag", "carWaterFlag", "carComponentRecordsFlag",
		"carConstructRecordsFlag", "carOutsideRecordsFlag", "mileageIsNormalFlag", "mainTainDate"}},
	{record.DatasetValuation, "a valuation (201/377)", []string{"car_calc", "car_purchase", "car_personal", "car_retail", "car_referprice"}},
	{record.DatasetViolations, "a list of violations (65/173)", []string{"vioTime", "vioCode", "vioNum", "vioAction", "handleSign", "integralTotal"}},
}

// pathKeys are the keys of the configuration that say which product is asked.
func pathKeys(d record.Dataset) string {
	if d == record.DatasetMaintenance {
		return "maintenance.submit_path and maintenance.poll_path"
	}
	return string(d) + ".path"
}

// otherProduct says in words that a paid answer is one of another product than the
// one that sells a dataset; "" when it is none that is known. What has a key of the
// right one is believed, whatever else it has.
func otherProduct(d record.Dataset, e *envelope) string {
	text := e.text()
	if !isNested(text) {
		return ""
	}
	other := ""
	for _, p := range products {
		held := slices.DeleteFunc(slices.Clone(p.keys), func(key string) bool { return !holdsKey(text, key) })
		switch {
		case len(held) == 0:
		case p.dataset == d:
			return ""
		case other == "":
			const shown = 3
			other = fmt.Sprintf("the answer is %s (it has %s), and is not read as %s: check %s", p.title,
				strings.Join(held[:min(len(held), shown)], ", "), d, pathKeys(d))
		}
	}
	return other
}

// holdsKey looks for a key at any depth, in JSON that stands in a text as well.
func holdsKey(text, key string) bool {
	return strings.Contains(text, `"`+key+`"`) || strings.Contains(text, `\"`+key+`\"`)
}

// ofProduct halts the vendor where an answer is another product's: each further call
// would be charged for the same.
func ofProduct(d record.Dataset, c vendors.Call, e *envelope, out vendors.Outcome) vendors.Outcome {
	why := otherProduct(d, e)
	if why == "" {
		return out
	}
	out.Kind, out.Class, out.Ticket, out.Message, out.OtherProduct = vendors.AccountTrouble, auth, "", why, true
	if c == vendors.Poll { // what the order costs is not said by it
		out.Billed = unsaid
	}
	return out
}

// codeDebug is the codeid of data that is made up.
const codeDebug = 10024

// debugWords are what answers that are made up may say instead of their code, 10024.
var debugWords = []string{"调试模式", "调试数据"}

func isDebug(e *envelope) bool {
	return slices.ContainsFunc(debugWords, func(w string) bool { return strings.Contains(string(e.Message), w) })
}
