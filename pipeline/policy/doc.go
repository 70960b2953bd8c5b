// Package policy is what the user wants: vendors with their terms, routes, when an earlier answer
// may be used again, what a vehicle lacks and what can be derived for it. It reads nothing and
// calls nobody.
package policy
