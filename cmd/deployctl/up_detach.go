package main

import (
	"context"
	"encoding/json"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/deployctl/deployctl/launch"
)

// background runs this command again without --detach.
func (o *upOptions) background(ctx context.Context, source *launch.Source) error {
	args := slices.DeleteFunc(slices.Clone(os.Args[1:]), func(a string) bool {
		return slices.Contains([]string{"--detach", "-detach", "-d", "--detach=true"}, a)
	})
	s, err := launch.Detach(ctx, source.Dir, os.Args[0], args)
	if err != nil {
		return err
	}
	if o.format == "json" {
		return json.NewEncoder(o.out).Encode(struct {
			PID     int                `json:"pid"`
			URLs    []string           `json:"urls"`
			Engines launch.EngineNames `json:"engines"`
		}{s.PID, s.URLs, s.Engines})
	}
	o.ready(*s)
	return nil
}

// secondSignal returns a channel that is closed when the person asks a second
// time to stop.
func secondSignal() (<-chan struct{}, func()) {
	signals, hurry := make(chan os.Signal, 2), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for n := 0; n < 2; n++ {
			if _, ok := <-signals; !ok {
				return
			}
		}
		close(hurry)
	}()
	return hurry, func() {
		signal.Stop(signals)
		close(signals)
	}
}
