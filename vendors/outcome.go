package vendors

import (
	"net/http"
	"regexp"
	"time"

	"vehiclebatch/pipeline/record"
)

// Clock tells the time. Signatures carry it.
type Clock func() time.Time

// Kind is what an answer means for the lookup.
type Kind string

// The kinds of outcome. Only the first five end or carry a lookup; none of
// them is an error of this program.
const (
	Ticket      Kind = "ticket"      // taken; Outcome.Ticket fetches the answer later
	Pending     Kind = "pending"     // not ready: ask again, no attempt is spent
	Answered    Kind = "answered"    // the body holds the final answer: Decode it
	NoRecord    Kind = "no_record"   // final: the vendor knows nothing of the vehicle
	Unsupported Kind = "unsupported" // final: the vendor does not cover the brand

	// Refused: the vendor will not answer this question (Class rejected).
	Refused Kind = "refused"
	// AccountTrouble: signature, permission, balance or quota; it concerns
	// every lookup at this vendor (Class auth, balance or quota).
	AccountTrouble Kind = "account_trouble"
	// Busy: the call was not taken and may be sent again after RetryAfter
	// (Class rate_limited or unavailable).
	Busy Kind = "busy"
	// Unknown: nobody can say whether the call was taken. A submit becomes
	// in_doubt; a poll is sent again.
	Unknown Kind = "unknown"
	// Unreadable: the body is not in the vendor's language. Only Read returns
	// it; ReadResponse turns it into one of the others.
	Unreadable Kind = "unreadable"
)

// Billed is what an answer says about the money, code by code, in each
// adapter's table. Where the vendor is silent it is BilledUnknown.
type Billed string

// The states of a charge as an answer tells them.
const (
	BilledUnsaid  Billed = "" // this answer does not change what is known
	BilledYes     Billed = "yes"
	BilledNo      Billed = "no"
	BilledUnknown Billed = "unknown"
)

// Speaker is whose words an outcome is made of.
type Speaker string

// Who may have spoken.
const (
	FromVendor  Speaker = ""
	FromGateway Speaker = "gateway" // what stands between: an HTTP status without a word of the vendor
	FromNobody  Speaker = "nobody"  // the call broke off
)

// Outcome is the meaning of one answer.
type Outcome struct {
	Kind       Kind
	From       Speaker
	Ticket     string // of Kind Ticket, never empty then
	Billed     Billed
	Class      record.Class  // of Refused, AccountTrouble and Busy
	Code       string        // the vendor's code, or "http 503"
	Message    string        // the vendor's words, shortened; never a secret
	RetryAfter time.Duration // of Busy, when the vendor says
	// ClockOff says that the vendor does not believe the time that is signed.
	ClockOff bool
	// OtherProduct says, of AccountTrouble, that another product than the one that is
	// meant has answered: a path is wrong, and each further call would be charged.
	OtherProduct bool
	// Flaw says what is wrong with an Answered body, in Decode's words; "" when
	// Decode turns it into records.
	Flaw string
}

// ByCall is what a code means in the answers to the two calls: kind, class and charge.
type ByCall struct{ Submit, Poll Outcome }

// Of is what it means in the answer to a call.
func (b ByCall) Of(c Call) Outcome {
	if c == Submit {
		return b.Submit
	}
	return b.Poll
}

// Limited tells whether a limiter refused the call: the pace was too fast, by the
// status 429 or by a rule that was declared.
func (o Outcome) Limited() bool { return o.Kind == Busy && o.Class == record.RateLimited }

// goneWords are how vendors say that they do not know a ticket.
var goneWords = regexp.MustCompile(`(?i)不存在|无此|没有(该|此|找到)|未找到|查无|not exist|not found|no such|unknown order|invalid order`)

// noOrderWords are how vendors say that they do not know an order. It must be an order:
// an interface or a key may be unknown as well.
var noOrderWords = regexp.MustCompile(`(?i)(?:订单|单号|报告|记录号|\border(?:[ _-]?(?:id|no|number))?|\brequest[ _-]?id)[^,，。.;；]{0,12}?(?:不存在|无效|有误|未找到|找不到|查无|不正确|not exist|not found|unknown|invalid)|` +
	`(?:无此|没有(?:该|此|找到)|未找到|找不到|查无此?|无效的?|不存在的?|no such|unknown|invalid)[^,，。.;；]{0,4}?(?:订单|单号|报告|\border(?:[ _-]?(?:id|no|number))?\b|\brequest[ _-]?id)`)

// NoSuchOrder tells whether words say that there is no such order: whoever says so has
// believed the keys.
func NoSuchOrder(words string) bool { return noOrderWords.MatchString(words) }

// Gone tells whether an answer to a poll says that there is no such ticket: by
// status (404, 410) or in words. It concerns that ticket alone.
func (o *Outcome) Gone() bool {
	switch {
	case o.Kind != Unknown && o.Kind != AccountTrouble && o.Kind != Refused, o.From == FromNobody:
		return false
	case o.From == FromGateway:
		return o.Code == httpCode(http.StatusNotFound) || o.Code == httpCode(http.StatusGone)
	}
	return o.Kind != AccountTrouble && goneWords.MatchString(o.Message)
}
