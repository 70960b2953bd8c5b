package messages

// Arguments is how many arguments each message takes.
func Arguments() map[string]int {
	out := map[string]int{}
	for key, p := range phrases() {
		out[key] = len(verbs(p.zh))
	}
	return out
}
