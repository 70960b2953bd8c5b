package lookup

import (
	"fmt"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// How often the same thing may happen to one lookup before it is given up.
const (
	// MaxTries bounds how often one lookup is submitted while the vendor says that it did not take
	// the order.
	MaxTries = 8
	// MaxLimited bounds how often one lookup may be refused with "too many" while others are
	// answered.
	MaxLimited = 16
	// MaxDoubtful bounds how often a cheap lookup is bought again unasked.
	MaxDoubtful = 3
	// MaxUnreadable bounds how often a ticket is asked about again because its answer cannot be
	// read, or is the same refusal each time.
	MaxUnreadable = 10
	// MaxUnknown is the bound for answers in the vendor's own words that its documentation does not
	// explain. It is higher than MaxUnreadable, because the report may still be in the making.
	MaxUnknown = 20
)

// Result is what came of a call, as it was understood.
type Result struct {
	Outcome  vendors.Outcome
	Answer   int64 // the answer's id in the ledger, or ledger.ThisAnswer; 0 when it is not kept
	Received time.Time
	// Others tells whether the vendor answers other calls. If it does, trouble with this call
	// concerns its lookup alone.
	Others bool
}

// After says where a lookup goes after a call, and which lookup asks the next vendor of its route,
// if the request goes on there. It is pure: all that it knows comes in, all that it decides goes
// out. What the call means for the vendor's health is decided elsewhere. poll is the plan of the
// vendor that was called.
func After(w ledger.Work, call vendors.Call, r Result, rules *Rules, poll *PollPlan, now time.Time) ledger.Step {
	next := w
	k, a := &next.Lookup, &next.Attempt
	k.Code, k.Message, k.Class, k.Stage = r.Outcome.Code, r.Outcome.Message, "", ""
	if call == vendors.Submit {
		a.Outcome, a.Code, a.EndedAt, a.Ticket = string(r.Outcome.Kind), r.Outcome.Code, now, r.Outcome.Ticket
	}
	j := decision{rules: rules, poll: poll, call: call, was: w, now: now, next: &next, r: r}
	switch r.Outcome.Kind {
	case vendors.Ticket:
		j.ticket()
	case vendors.Answered:
		j.answered()
	case vendors.NoRecord:
		j.final(record.NoRecord)
	case vendors.Unsupported:
		j.final(record.Unsupported)
	case vendors.Refused:
		if call == vendors.Poll && r.Outcome.Gone() { // a single "unknown ticket" may come from a server that has not heard of it yet
			j.pollAgain()
			break
		}
		j.refused()
	case vendors.AccountTrouble:
		j.accountTrouble()
	case vendors.Pending:
		j.pending()
	case vendors.Busy:
		j.busy()
	default:
		j.unknown()
	}
	return ledger.Step{From: w.Lookup.State, Next: next, Was: w.Attempt.Billed, Then: j.then}
}

// decision is one decision in the making.
type decision struct {
	rules *Rules
	poll  *PollPlan
	call  vendors.Call
	was   ledger.Work
	now   time.Time
	next  *ledger.Work
	then  *ledger.Lookup
	r     Result
}

// charge sets the attempt's charge to what the answer says. A charge that is certain stays. A
// charge that is still reserved when the lookup settles becomes unknown.
func (j *decision) charge(settles bool) {
	a := &j.next.Attempt
	if a.N == 0 || a.Billed == ledger.BilledYes {
		return
	}
	switch j.r.Outcome.Billed {
	case vendors.BilledYes:
		a.Billed = ledger.BilledYes
	case vendors.BilledNo:
		a.Billed = ledger.BilledNo
	case vendors.BilledUnknown:
		a.Billed = ledger.BilledUnknown
	default:
		if settles && a.Billed == ledger.Reserved {
			a.Billed = ledger.BilledUnknown
		}
	}
}

func (j *decision) ticket() {
	if j.call == vendors.Poll { // the ticket is repeated: not ready
		j.pending()
		return
	}
	k := &j.next.Lookup
	k.State, k.Ticket, k.TicketAt, k.Tries, k.Polls = ledger.Waiting, j.r.Outcome.Ticket, j.now, 0, 0
	k.NextAt = j.poll.Next(j.now, j.now, 0)
	j.charge(false)
}

func (j *decision) answered() {
	k := &j.next.Lookup
	if j.r.Outcome.Flaw == "" {
		k.State, k.Answer, k.AnsweredAt = ledger.Found, j.r.Answer, j.r.Received
		if k.Ticket == "" {
			k.Ticket = j.r.Outcome.Ticket
		}
		j.charge(true)
		return
	}
	k.Message = j.r.Outcome.Flaw
	switch {
	case j.call == vendors.Poll:
		j.askAgain()
	case j.r.Outcome.Ticket != "":
		j.ticket()
	default: // paid and unreadable: the answer is kept until a later version can read it
		j.fail(record.StageNormalise, record.BadResponse)
	}
}

// final settles a lookup; its request may go on to the next vendor of its route.
func (j *decision) final(s record.Status) {
	k := &j.next.Lookup
	j.charge(true)
	k.State, k.Answer, k.AnsweredAt = ledger.State(s), j.r.Answer, j.r.Received
	j.fallBack(s)
}

// fallBack lets the request go on to the next vendor of today's route, if the user wants that after
// this status and a vendor is left that can be asked. A lookup of a fan-out has no next vendor.
func (j *decision) fallBack(s record.Status) {
	k := &j.next.Lookup
	if k.FanOut || !j.rules.FallsBack(s) {
		return
	}
	step := j.rules.NextStep(j.rules.step(k.Vendor) + 1)
	if step < 0 {
		return
	}
	next := Successor(k, j.rules.Route[step].Vendor)
	HoldIfLost(&next, j.rules, j.now)
	j.then = &next
}

func (j *decision) refused() {
	stage := record.StageSubmit
	if j.call == vendors.Poll {
		stage = record.StagePoll
	}
	j.fail(stage, j.r.Outcome.Class)
}

// accountTrouble leaves a lookup as it was until the account is in order. Only what a gateway says
// may concern the lookup alone.
func (j *decision) accountTrouble() {
	k := &j.next.Lookup
	switch {
	case j.call == vendors.Poll && j.r.Outcome.From == vendors.FromGateway:
		j.pollAgain()
	case j.call == vendors.Poll && j.r.Outcome.Class == record.Auth: // no call is made before the account is in order
		k.State, k.NextAt = ledger.Waiting, j.now
	case j.call == vendors.Poll:
		j.pollLater()
	case j.r.Outcome.From == vendors.FromGateway:
		j.tryLater()
	case j.r.Outcome.OtherProduct && j.r.Outcome.Billed == vendors.BilledYes: // paid, but the answer is for another product
		j.fail(record.StageNormalise, record.BadResponse)
	default:
		j.notTaken(j.now)
	}
}

// notTaken makes a lookup planned again whose order the vendor refused before taking it. If the
// vendor's words leave open whether the order costs money, the order is in doubt after all.
func (j *decision) notTaken(at time.Time) {
	k := &j.next.Lookup
	if j.r.Outcome.Billed == vendors.BilledUnknown {
		j.unknown()
		return
	}
	if j.r.Outcome.Billed == vendors.BilledYes {
		j.fail(record.StageSubmit, j.r.Outcome.Class)
		return
	}
	j.next.Attempt.Billed = ledger.BilledNo
	k.State, k.NextAt = ledger.Planned, at
}

func (j *decision) busy() {
	if j.call == vendors.Poll {
		j.pollLater()
		return
	}
	j.tryLater()
}

// tryLater makes a lookup whose order was not taken planned again, for later. While the vendor
// answers nobody, that is not the lookup's fault, and the try is not counted.
func (j *decision) tryLater() {
	k := &j.next.Lookup
	most := MaxTries
	if j.r.Outcome.Limited() {
		most = MaxLimited
	}
	if j.r.Others {
		k.Tries++
	}
	if j.r.Others && k.Tries >= most && j.r.Outcome.Billed != vendors.BilledUnknown {
		j.next.Attempt.Billed = ledger.BilledNo
		j.fail(record.StageSubmit, j.r.Outcome.Class)
		return
	}
	wait := Backoff(k.Tries)
	if !j.r.Outcome.Limited() { // when limited, the pace holds all calls back
		wait = max(wait, min(j.r.Outcome.RetryAfter, MaxBackoff))
	}
	j.notTaken(j.now.Add(wait))
}

// unknown handles a call of which nobody can say whether it was taken.
func (j *decision) unknown() {
	k := &j.next.Lookup
	if j.call == vendors.Poll {
		j.pollAgain()
		return
	}
	a := &j.next.Attempt
	if a.Billed = ledger.BilledUnknown; j.r.Outcome.Billed == vendors.BilledYes { // it was certainly taken
		a.Billed = ledger.BilledYes
	}
	if a.Billed == ledger.BilledUnknown && a.Fen < j.rules.ResubmitBelow && k.Tries+1 < MaxDoubtful {
		k.Tries++
		k.State, k.NextAt = ledger.Planned, j.now.Add(Backoff(k.Tries))
		return
	}
	k.State, k.Stage, k.Class = ledger.InDoubt, record.StageSubmit, record.DoubtfulOrder
	k.Answer = j.r.Answer
}

func (j *decision) pending() {
	if j.call == vendors.Submit { // taken, but its report cannot be fetched without a ticket
		j.unknown()
		return
	}
	k := &j.next.Lookup
	k.Tries = 0
	j.charge(false)
	j.pollLater()
}

// askAgain polls again for an answer that could not be read in full. After too many tries polling
// is given up; the ticket stays on record.
func (j *decision) askAgain() {
	k := &j.next.Lookup
	k.Tries++
	if k.Tries >= MaxUnreadable {
		j.fail(record.StageNormalise, record.BadResponse)
		return
	}
	j.pollLater()
}

// mostPolls is how often a ticket may get this answer before it is given up; 0 is no limit. An
// answer that everybody gets says nothing about one ticket, with one exception: "no such ticket"
// can only be about this ticket.
func mostPolls(r *Result) int {
	switch out := &r.Outcome; {
	case out.Gone():
		return MaxUnreadable
	case out.From == vendors.FromVendor, out.From == vendors.FromGateway && r.Others:
		return MaxUnknown
	}
	return 0
}

// pollAgain polls again after an answer that looks final but is not the vendor's final word: "no
// such order", a gateway's refusal, a page that is no answer. When the same answer comes again and
// again, the ticket is given up with that answer as the reason. The ticket stays on record, and a
// retry asks about it again.
func (j *decision) pollAgain() {
	k := &j.next.Lookup
	most := mostPolls(&j.r)
	switch {
	case most == 0:
		j.pollLater()
		return
	case k.Code == j.was.Lookup.Code, j.r.Outcome.Gone(): // "no such ticket" counts on even if another failure came in between
		k.Tries++
	default:
		k.Tries = 1
	}
	if k.Tries >= most {
		j.fail(record.StagePoll, record.BadResponse)
		if k.State == ledger.Failed && j.r.Outcome.Gone() {
			k.Message = "the vendor no longer knows this order: " + j.r.Outcome.Message
		}
		return
	}
	j.pollLater()
}

func (j *decision) pollLater() {
	k := &j.next.Lookup
	plan := j.poll
	k.Polls++
	if j.now.Sub(k.TicketAt) > plan.GiveUpAfter {
		j.fail(record.StagePoll, record.Expired)
		k.Message = fmt.Sprintf("no answer %s after the order", plan.GiveUpAfter)
		return
	}
	k.State = ledger.Waiting
	k.NextAt = plan.Next(j.now, k.TicketAt, k.Polls)
	if wait := j.now.Add(min(j.r.Outcome.RetryAfter, record.LongestInterval)); wait.After(k.NextAt) {
		k.NextAt = wait
	}
}

// fail settles a lookup in the failure ledger, with the answer if one was kept. Its request may go
// on to the next vendor of its route.
func (j *decision) fail(stage record.Stage, class record.Class) {
	k := &j.next.Lookup
	j.charge(true)
	k.State, k.Stage, k.Class = ledger.Failed, stage, class
	if j.r.Answer != 0 {
		k.Answer, k.AnsweredAt = j.r.Answer, j.r.Received
	}
	j.fallBack(record.Failed)
}
