package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/deployctl/deployctl/launch"
	"github.com/deployctl/deployctl/tui/dashboard"
)

// dashboard runs the pair behind a screen that shows it.
func (o *upOptions) dashboard(ctx context.Context, source *launch.Source, up launch.UpOptions) error {
	_, catalog, err := o.language(o.lang, "up")
	if err != nil {
		return err
	}
	color, err := o.streams.color(o.color)
	if err != nil {
		return err
	}
	d := dashboard.NewDashboard(dashboard.Config{
		Name: filepath.Base(source.Dir), Catalog: catalog, Color: color, Now: time.Now,
		Findings: findings(o.streams, source.Paths, catalog),
		Open:     launch.OpenBrowser,
		Copy:     func(text string) error { return launch.Copy(o.out, o.env, text) },
	})
	hurry := make(chan struct{})
	go func(signal <-chan struct{}) {
		select {
		case <-signal:
		case <-d.Hurry():
		}
		close(hurry)
	}(up.Hurry)
	up.Detail, up.Hurry, up.Print, up.Saved = true, hurry, d.Event, d.Saved
	up.Live = func(l *launch.Live) {
		d.Ready(dashboard.Actions{
			Status: l.Status, Reload: l.Reload, Restart: l.RestartWorker,
			Explain: func(a launch.Access) (string, error) { return l.Explain(&a, catalog) },
		})
	}
	up.Ready = func(s launch.Status) {
		if err := o.browse(s); err != nil {
			d.Event(launch.Event{Time: time.Now(), From: launch.FromSelf, Text: err.Error(), Bad: true})
		}
	}
	err = d.Run(ctx, o.in, o.out, func(ctx context.Context) error { return launch.Up(ctx, source, up) })
	if err != nil {
		printer := &launch.Printer{Out: o.err}
		for _, e := range d.Tail() {
			printer.Print(e)
		}
	}
	return err
}
