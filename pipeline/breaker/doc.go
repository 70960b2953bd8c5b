// Package breaker decides whether calls of one kind may leave for one vendor
// after trouble: a circuit breaker that weighs money in doubt as well as failures.
//
// Closed, all calls leave. It opens when half of the last calls came to nothing,
// when too much money is in doubt, when nobody is answered at all, or when a
// gateway refuses an account. Open, none leaves: a pause of seconds, which grows
// to minutes. Then the vendor has to show that it is there by a call that costs
// nothing, and 1, 2, 4 and 8 calls leave (half-open). If half of each step is
// answered, it closes.
//
// It is pure: moments and chance come in, and nothing goes out. A Breaker is not
// safe for concurrent use.
package breaker
