package ui

import (
	"regexp"
	"strings"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/record"
)

// PurgePlan says what would be forgotten.
func (s *Screen) PurgePlan(p *app.PurgePlan) {
	for _, path := range p.Strays {
		s.Linef("%s holds vehicles as well and is left: rm -r %s", path, shellWord(path))
	}
	if p.Nothing() {
		s.Linef("Nothing to forget: %s.", p.Idle)
		return
	}
	var charged record.Fen
	for _, f := range p.Forget {
		charged += f.Charged
		s.Linef("run %s of %s, finished %s: %s, %s, %s", f.Run.ID, f.Run.InputPath, app.ChinaTime(f.Run.FinishedAt),
			record.Counted(f.Vehicles, "vehicle"), record.Counted(f.Lookups, "lookup"), record.Counted(f.Answers, "raw answer"))
		if f.Unread > 0 {
			s.Linef("  with the tickets of %s that never came or could not be read: `batch retry --run %s --class expired,bad_response` asks for them again, free of charge",
				record.Counted(f.Unread, "paid report"), f.Run.ID)
		}
		if f.Doubts+f.Held > 0 {
			s.Linef("  stays: %s in doubt, %s that a run that stays needs", record.Counted(f.Doubts, "lookup"), record.Counted(f.Held, "lookup"))
		}
		if f.Folder != "" {
			copies := ""
			if f.ByDate != "" {
				copies = ", and its copies in " + f.ByDate
			}
			s.Linef("  the outputs in %s go, too%s", f.Folder, copies)
		}
	}
	if p.NeedsVacuum {
		s.Linef("An earlier purge was cut short: the ledger is written anew.")
	}
	if charged > 0 {
		s.Linef("Answers that cost %s are bought again if they are asked for again. Counts and charges stay.", charged.Yuan())
	}
}

// plainWord is what a shell takes as it stands.
var plainWord = regexp.MustCompile(`^[0-9A-Za-z_./][0-9A-Za-z_./=+,@-]*$`)

// shellWord is a name as it is typed to a shell: a folder from somebody else may be
// called anything, and what a user is told to type must do no more than it says.
func shellWord(name string) string {
	if plainWord.MatchString(name) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
