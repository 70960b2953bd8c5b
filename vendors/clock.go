package vendors

import (
	"fmt"
	"time"

	"vehiclebatch/pipeline/record"
)

// clocksAgree is how far this machine's clock may be off the vendor's by the Date of
// an answer, in which a whole second and half the way are lost. No vendor refuses
// a signature for as little.
const clocksAgree = time.Minute

// clockCommand sets a clock, on most machines.
const clockCommand = "(timedatectl set-ntp true)"

// ahead is how far this machine's clock is ahead of the server's, by the Date of the
// answer; below zero it is behind. False when the answer has none.
func (r Response) ahead() (time.Duration, bool) {
	if r.Date.IsZero() || r.Received.IsZero() {
		return 0, false
	}
	return r.Received.Sub(r.Date), true
}

// clockAdvice says what is wrong with this machine's clock and what to do, to whom a
// vendor does not believe the time that is signed.
func (r Response) clockAdvice() string {
	ahead, known := r.ahead()
	switch {
	case !known:
		return "set this machine's clock " + clockCommand
	case ahead >= clocksAgree:
		return fmt.Sprintf("this machine's clock is %s ahead of the vendor's (by the answer's Date header): set it %s", apart(ahead), clockCommand)
	case ahead <= -clocksAgree:
		return fmt.Sprintf("this machine's clock is %s behind the vendor's (by the answer's Date header): set it %s", apart(-ahead), clockCommand)
	}
	return "yet this machine's clock agrees with the answer's Date header: see what holds calls up on the way, a proxy perhaps, or ask the vendor"
}

// withClock puts what was measured of the clocks behind a message, where it was.
func (r Response) withClock(message string) string {
	if _, known := r.ahead(); !known {
		return message
	}
	return message + "; " + r.clockAdvice()
}

// apart is a time for people: "20 minutes", "1 day 3 hours".
func apart(d time.Duration) string {
	minutes := int64(d.Round(time.Minute) / time.Minute)
	days, hours := minutes/(24*60), minutes/60%24
	switch {
	case days > 0 && hours > 0:
		return record.Counted(days, "day") + " " + record.Counted(hours, "hour")
	case days > 0:
		return record.Counted(days, "day")
	case hours > 0 && minutes%60 > 0:
		return record.Counted(hours, "hour") + " " + record.Counted(minutes%60, "minute")
	case hours > 0:
		return record.Counted(hours, "hour")
	}
	return record.Counted(minutes, "minute")
}
