// Package app is what the commands do, without a terminal: typed options in, typed results
// out. What happens meanwhile, and what only a user can decide, goes to a Watcher.
package app
