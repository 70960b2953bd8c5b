package main

import (
	"context"
	"fmt"
)

// plan measures a plan of vehicles that are new, and one of fewer that the
// workspace has all answers for.
func plan(ctx context.Context, b *bench) error {
	answered := b.small
	fresh, old := make([]taken, len(b.programs())), make([]taken, len(b.programs()))
	var fresher, older []*place
	for _, p := range b.programs() {
		w, err := b.newPlace(ctx, p, job{vehicles: b.vehicles})
		if err != nil {
			return err
		}
		defer w.close()
		full, err := b.newPlace(ctx, p, job{vehicles: answered})
		if err != nil {
			return err
		}
		defer full.close()
		b.say("plan: %s: buying %d answers", p.name, answered)
		if err := full.buy(ctx, "maintenance", answered); err != nil {
			return err
		}
		fresher, older = append(fresher, w), append(older, full)
	}
	for i := range b.runs {
		for k, p := range b.programs() {
			if err := fresher[k].plan(ctx, &fresh[k], planned{Buy: int64(b.vehicles)}); err != nil {
				return err
			}
			if err := older[k].plan(ctx, &old[k], planned{Answered: int64(answered)}); err != nil {
				return err
			}
			b.say("plan %d/%d: %s: %.2f s (%.2f of the processor), all answered %.2f s (%.2f)", i+1, b.runs, p.name,
				fresh[k].seconds[i], fresh[k].cpu[i], old[k].seconds[i], old[k].cpu[i])
		}
	}
	fmt.Fprintf(b.out, "\n### Plan: %d new vehicles, %d answered ones, %d runs of each in turn\n", b.vehicles, answered, b.runs)
	b.printPrograms(fmt.Sprintf("`plan`, %d new vehicles", b.vehicles), fresh)
	b.printPrograms(fmt.Sprintf("`plan`, %d answered vehicles", answered), old)
	return nil
}

// planned is what a plan says of its lookups.
type planned struct {
	Buy      int64 `json:"buy"`
	Answered int64 `json:"answered"`
}

func (w *place) plan(ctx context.Context, t *taken, want planned) error {
	var said struct {
		Lookups []planned `json:"lookups"`
	}
	e, err := w.do(ctx, &said, "plan", "fleet.csv", "--dataset", "maintenance")
	if err != nil {
		return err
	}
	if len(said.Lookups) != 1 || said.Lookups[0] != want {
		return fmt.Errorf("the plan is of %+v, want %+v", said.Lookups, want)
	}
	t.add(e)
	return nil
}

// printPrograms prints what each build took, and this one in percent of the other.
func (b *bench) printPrograms(head string, all []taken) {
	var lines []line
	for k, p := range b.programs() {
		lines = append(lines, all[k].lines(p.name)...)
	}
	for k := 1; k < len(all); k++ {
		lines = append(lines, all[0].against("in percent of "+b.programs()[k].name, &all[k])...)
	}
	printTable(b.out, head, lines...)
}
