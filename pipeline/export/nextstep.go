package export

import (
	"fmt"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// retryable tells whether the same lookup can end otherwise without a change
// of the input.
func retryable(k *ledger.Lookup) bool {
	switch k.Class {
	case record.InvalidInput, record.MissingInput, record.Rejected:
		return false
	}
	return true
}

// nextStep says what the user can do about a failed lookup.
func nextStep(a *ledger.Asked) string {
	k := &a.Lookup
	switch k.Class {
	case record.InvalidInput:
		return "Correct the row and give the corrected file to `batch run`."
	case record.MissingInput:
		return fmt.Sprintf("Fill in %s and give the file to `batch run` again.", strings.ReplaceAll(k.Code, " ", ", "))
	case record.Rejected:
		return rejected(a)
	case record.DoubtfulOrder:
		return doubtful(a)
	case record.Expired:
		return "The order is paid and its ticket kept: `batch retry --class expired` asks for the report again, free of charge."
	case record.BadResponse:
		return badResponse(k)
	}
	if k.Code == ledger.OffRoute {
		return fmt.Sprintf("It was not asked: put %s back into the route, and `batch retry --class unavailable` asks it.", k.Vendor)
	}
	if k.Code == ledger.NotOnBill {
		return fmt.Sprintf("It was not bought: `batch retry --class unavailable` buys it%s.", price(a))
	}
	return fmt.Sprintf("%s had trouble: try again later with `batch retry --class %s`.", k.Vendor, k.Class)
}

func rejected(a *ledger.Asked) string {
	if a.Last.Billed == ledger.BilledYes {
		return fmt.Sprintf("%s charged this and gives no report. Ask them for the money back%s.", a.Lookup.Vendor, ticket(&a.Lookup))
	}
	return fmt.Sprintf("Check the identifiers: %s refused them. Correct the row and give the file to `batch run` again.", a.Lookup.Vendor)
}

func doubtful(a *ledger.Asked) string {
	if a.Last.Billed == ledger.BilledYes {
		return fmt.Sprintf("%s charged this and gave no ticket. Ask them for the report; `batch retry --class in_doubt` buys it again%s.", a.Lookup.Vendor, price(a))
	}
	return fmt.Sprintf("Look for this vehicle in %s's bill; `batch reconcile` does it for all. If it is not there, `batch retry --class in_doubt` buys it again%s.", a.Lookup.Vendor, price(a))
}

func ticket(k *ledger.Lookup) string {
	if k.Ticket == "" {
		return ""
	}
	return " with ticket " + k.Ticket
}

func badResponse(k *ledger.Lookup) string {
	if k.Ticket != "" {
		return "The answer cannot be read. `batch retry --class bad_response` asks for it again, free of charge."
	}
	return "The answer was paid and is kept, but cannot be read. A newer batch may read it: `batch retry --class bad_response` tries the kept answer first."
}

func price(a *ledger.Asked) string {
	if a.Last.Fen == 0 {
		return ""
	}
	return fmt.Sprintf(" for ¥%s", a.Last.Fen)
}
