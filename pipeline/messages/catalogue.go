package messages

import (
	"maps"
)

// phrase is a message in every language. Where a count decides the form, the
// singular and the plural stand apart by a bar; the count is the first argument.
type phrase struct{ en, zh string }

// in is the phrase in a language.
func (p phrase) in(l Lang) string {
	if l == Chinese {
		return p.zh
	}
	return p.en
}

// phrases is the catalogue: every word to people that is not the user's or a
// vendor's. Between backticks stands what is typed.
func phrases() map[string]phrase {
	out := map[string]phrase{}
	for _, part := range parts() {
		maps.Copy(out, part)
	}
	return out
}

// parts are the catalogue's; no name stands in two of them.
func parts() []map[string]phrase {
	return []map[string]phrase{
		namePhrases(), nextPhrases(),
		initPhrases(), inputPhrases(), correctPhrases(), runPhrases(), retryPhrases(), endPhrases(), displayPhrases(), notifyPhrases(), exportPhrases(),
		planPhrases(), statusPhrases(), failuresPhrases(), fixPhrases(), showPhrases(),
		pagePhrases(), newsPhrases(), cardPhrases(), attentionPhrases(), tablePhrases(), footPhrases(),
		vehiclePhrases(), historyPhrases(), reasonPhrases(), groupPhrases(), stepPhrases(),
	}
}
