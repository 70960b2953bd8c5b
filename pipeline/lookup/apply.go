package lookup

import (
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Successor is the lookup that asks another vendor what a lookup has asked its own.
func Successor(k *ledger.Lookup, vendor string) ledger.Lookup {
	return ledger.Lookup{Run: k.Run, Row: k.Row, Dataset: k.Dataset, Key: k.Key, Vendor: vendor, GroupID: k.Request(), State: ledger.Planned,
		Derived: k.Derived, FirstAt: k.FirstAt}
}

// Leave fails a lookup whose vendor is asked no more: the vendor has left the route, or an order
// elsewhere serves the request.
func Leave(k *ledger.Lookup) {
	k.State, k.Class, k.Code, k.Stage = ledger.Failed, record.Unavailable, ledger.OffRoute, record.StageValidate
	if k.Attempts > 0 {
		k.Stage = record.StageSubmit
	}
	k.Message = k.Vendor + " is no longer on the route of " + string(k.Dataset)
}

// Apply changes a lookup as was decided about it. prior is the list that Decision.Prior is an index
// into. It buys nothing: a lookup that is to be bought stays planned.
func Apply(k *ledger.Lookup, d Decision, prior []ledger.Lookup, r *Rules, now time.Time) {
	if d.Vendor != "" && d.Vendor != k.Vendor {
		k.Vendor, k.Tries, k.NextAt = d.Vendor, 0, time.Time{}
	}
	if d.Action == Lost {
		holdAsLost(k, r)
	}
	if d.Prior < 0 {
		return
	}
	old := &prior[d.Prior]
	switch d.Action {
	case Use:
		k.State, k.Answer, k.Ticket, k.AnsweredAt, k.Code, k.Message = old.State, old.Answer, old.Ticket, old.AnsweredAt, old.Code, old.Message
	case Wait:
		k.State = ledger.Following
	case Doubt:
		putInDoubt(k, old, "an earlier run's order is in doubt: "+old.Message)
	case Poll:
		k.State, k.Ticket, k.TicketAt, k.NextAt, k.FirstAt = ledger.Waiting, old.Ticket, now, now, old.FirstAt
	case Unread:
		k.State, k.Stage, k.Class, k.Code, k.Message = ledger.Failed, old.Stage, old.Class, old.Code, old.Message
		k.Answer, k.AnsweredAt, k.FirstAt = old.Answer, old.AnsweredAt, old.FirstAt
	}
	k.Source = old.ID
	TakeDerived(k, old)
}

// EndAs lets a lookup end as another lookup of its run that turned out to ask the same. While that
// one is open, k waits for it.
func EndAs(k, same *ledger.Lookup) {
	if same.State.Open() {
		k.DependsOn = same.Request()
		return
	}
	k.DependsOn, k.State, k.Source, k.Vendor = 0, same.State, same.ID, same.Vendor
	k.Answer, k.Ticket, k.AnsweredAt = same.Answer, same.Ticket, same.AnsweredAt
	k.Stage, k.Class, k.Code, k.Message, k.FirstAt = same.Stage, same.Class, same.Code, same.Message, same.FirstAt
	TakeDerived(k, same)
}

// HoldIfLost puts a lookup that has come to another vendor in doubt, if an order there may have
// been lost from the ledger.
func HoldIfLost(k *ledger.Lookup, r *Rules, now time.Time) {
	if !k.FirstAt.After(r.LostAt) && r.HoldsAsLost(k.Vendor, now) {
		holdAsLost(k, r)
	}
}

func holdAsLost(k *ledger.Lookup, r *Rules) {
	lost := ledger.Lookup{FirstAt: r.LostAt, LastAt: r.LostAt, Code: "lost"}
	putInDoubt(k, &lost, "the ledger was damaged and has lost "+r.LostWhat)
}

// putInDoubt puts a lookup in doubt because of another order.
func putInDoubt(k, old *ledger.Lookup, message string) {
	k.State, k.Stage, k.Class = ledger.InDoubt, record.StageSubmit, record.DoubtfulOrder
	k.FirstAt, k.LastAt, k.Code, k.Message = old.FirstAt, old.LastAt, old.Code, message
}

// TakeDerived gives a lookup that takes over another one's answer, order or doubt the derived
// values that the other was asked with. They may be some days older.
func TakeDerived(k, old *ledger.Lookup) {
	if k.Derived == "" || old.Derived == "" {
		return
	}
	mine, err := record.ParseDerived(k.Derived)
	theirs, theirErr := record.ParseDerived(old.Derived)
	if err != nil || theirErr != nil {
		return // reading the values reports the error
	}
	for m := range mine {
		for _, t := range theirs {
			if mine[m].Column == t.Column && mine[m].Basis == t.Basis && t.Basis != "" {
				mine[m] = t
			}
		}
	}
	k.Derived = record.PackDerived(mine)
}

// Priors describes lookups for Resolve. price is what buying one of them again would cost today.
func Priors(lookups []ledger.Lookup, price func(*ledger.Lookup) record.Fen) []Prior {
	out := make([]Prior, len(lookups))
	for i := range lookups {
		k := &lookups[i]
		out[i] = Prior{Run: k.Run, Vendor: k.Vendor, State: k.State, Ticket: k.Ticket, HasAnswer: k.Answer != 0, Class: k.Class,
			LastAt: k.LastAt, AnsweredAt: k.AnsweredAt, Price: price(k), Untaken: untaken(k)}
	}
	return out
}

// untaken tells whether a lookup has failed without any vendor having taken an order for it.
func untaken(k *ledger.Lookup) bool {
	switch k.Class {
	case record.Unavailable, record.RateLimited, record.Quota, record.Auth, record.Balance:
		return k.State == ledger.Failed && k.Stage == record.StageSubmit
	}
	return false
}
