// Package driver calls the operations of a generated API client by name, from a table of steps, and tells the runner of every
// one, as a line of JSON on standard output. The client encodes, sends and decodes; nothing here knows HTTP.
package driver

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Step is one call of an operation.
type Step struct {
	// Op names service and operation as the client does: "PopulationsApi.CreatePopulation".
	Op string
	// Args are the names of saved values, or words as they are, for the operation's path: "env population".
	Args string
	// Body is the request as JSON; {name} stands for a saved value.
	Body string
	// Set gives further parameters, as the request's methods are named: {"Filter": `name sw "A"`}.
	Set map[string]string
	// Save keeps the answer's id under this name.
	Save string
	// Named, with Save, keeps the id of the list's entry that has this name or locale.
	Named string
	// Refused is the code, or the code of a detail, with which the server must decline, decoded by the client.
	Refused string
	// Undecodable is what the client says when the documented answer is one that its model lacks. A client that has learned it is
	// noticed.
	Undecodable string
	// Absent says which operation the server does not have yet, and why: called nevertheless, it must answer NOT_FOUND, and is told to
	// the runner as absent, neither as held nor as failed. One that has come is noticed.
	Absent string
	// Count is how many entries a list must have, over all its pages; 0 for any number.
	Count int
	// Note tells two steps of one operation apart.
	Note string
}

// Run has a client and what was saved on the way.
type Run struct {
	client any
	saved  map[string]string
	called map[string]bool
	failed bool
}

// New makes a run over a generated client; saved values are those that the steps' names begin with.
func New(client any, saved map[string]string) *Run {
	return &Run{client: client, saved: saved, called: map[string]bool{}}
}

// Saved is the value under a name, or the word itself.
func (r *Run) Saved(name string) string {
	if value, ok := r.saved[name]; ok {
		return value
	}
	return name
}

// Steps calls one step after another. One that fails does not stop the others.
func (r *Run) Steps(steps []Step) {
	for _, step := range steps {
		name := step.Op
		if step.Note != "" {
			name += " (" + step.Note + ")"
		}
		r.called[step.Op] = true
		err := r.step(step)
		if step.Absent != "" && err == nil {
			tell(map[string]any{"step": name, "absent": step.Absent})
			continue
		}
		r.Check(name, func() error { return err })
	}
}

// Check tells the runner whether something held.
func (r *Run) Check(name string, check func() error) {
	result := map[string]any{"step": name, "ok": true}
	if err := check(); err != nil {
		r.failed = true
		result["ok"], result["reason"] = false, err.Error()
	}
	tell(result)
}

func tell(result map[string]any) {
	line, _ := json.Marshal(result)
	fmt.Println(string(line))
}

// Covers fails for every operation of the named services that no step called, but for those in except ("Service.Operation").
func (r *Run) Covers(except []string, services ...string) {
	for _, service := range services {
		r.Check("every operation of "+service, func() error {
			missing := []string{}
			for _, operation := range operationsOf(r.client, service) {
				name := service + "." + operation
				if !r.called[name] && !slices.Contains(except, name) {
					missing = append(missing, operation)
				}
			}
			if len(missing) > 0 {
				return errors.New("not called: " + strings.Join(missing, ", "))
			}
			return nil
		})
	}
}

// Exit ends the program, with 1 when something failed.
func (r *Run) Exit() {
	if r.failed {
		os.Exit(1)
	}
	os.Exit(0)
}

// Env is a variable that the runner sets.
func Env(name string) string {
	value, ok := os.LookupEnv(name)
	if !ok {
		fmt.Fprintln(os.Stderr, name+" is not set: start this program by `npm run compat -- go`")
		os.Exit(2)
	}
	return value
}

func (r *Run) filled(text string) string {
	for name, value := range r.saved {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}
