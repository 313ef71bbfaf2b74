package driver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

func (r *Run) step(step Step) error {
	service, operation, _ := strings.Cut(step.Op, ".")
	field := reflect.ValueOf(r.client).Elem().FieldByName(service)
	if !field.IsValid() {
		return errors.New("the client has no such service")
	}
	method := field.MethodByName(operation)
	if !method.IsValid() {
		return errors.New("the client has no such operation")
	}
	words := strings.Fields(step.Args)
	if method.Type().NumIn() != len(words)+1 {
		return fmt.Errorf("the operation takes %d arguments", method.Type().NumIn()-1)
	}
	in := []reflect.Value{reflect.ValueOf(context.Background())}
	for i, word := range words {
		in = append(in, reflect.ValueOf(r.Saved(word)).Convert(method.Type().In(i+1)))
	}
	request := method.Call(in)[0]
	for name, value := range step.Set {
		var err error
		if request, err = set(request, name, r.filled(value)); err != nil {
			return err
		}
	}
	if step.Body != "" {
		var err error
		if request, err = withBody(request, r.filled(step.Body)); err != nil {
			return err
		}
	}
	answers, err := execute(request)
	if step.Absent != "" {
		return refusedWith(err, "NOT_FOUND")
	}
	if step.Refused != "" {
		return refusedWith(err, step.Refused)
	}
	if step.Undecodable != "" {
		return undecodedWith(err, step.Undecodable)
	}
	if err != nil {
		return described(err)
	}
	return r.keep(step, answers)
}

// keep saves the id of the answer, or of an entry of the list that it is, and counts the list's entries.
func (r *Run) keep(step Step, answers []any) error {
	entries := []map[string]any{}
	for _, answer := range answers {
		if id, ok := plain(answer)["id"].(string); ok && id != "" {
			entries = append(entries, plain(answer))
			continue
		}
		embedded, _ := plain(answer)["_embedded"].(map[string]any)
		for _, list := range embedded {
			listed, _ := list.([]any)
			for _, entry := range listed {
				members, _ := entry.(map[string]any)
				entries = append(entries, members)
			}
		}
	}
	if step.Count != 0 && len(entries) != step.Count {
		return fmt.Errorf("%d entries in %d pages, expected %d", len(entries), len(answers), step.Count)
	}
	if step.Save == "" {
		return nil
	}
	for _, entry := range entries {
		id, _ := entry["id"].(string)
		if id == "" {
			id, _ = entry["mdsIdentifier"].(string)
		}
		if id != "" && (step.Named == "" || entry["name"] == step.Named || entry["locale"] == step.Named) {
			r.saved[step.Save] = id
			return nil
		}
	}
	return errors.New("the answer has no id to keep")
}

// set calls the request's method of that name with a text, as a number where it takes one.
func set(request reflect.Value, name, value string) (reflect.Value, error) {
	setter := request.MethodByName(name)
	if !setter.IsValid() {
		return request, errors.New("the request has no parameter " + name)
	}
	wanted := setter.Type().In(0)
	argument := reflect.New(wanted)
	text := value
	if wanted.Kind() == reflect.String {
		quoted, _ := json.Marshal(value)
		text = string(quoted)
	}
	if err := json.Unmarshal([]byte(text), argument.Interface()); err != nil {
		return request, fmt.Errorf("%s: %w", name, err)
	}
	return setter.Call([]reflect.Value{argument.Elem()})[0], nil
}

// withBody decodes the text as the type of the request's one parameter that is not a plain value.
func withBody(request reflect.Value, text string) (reflect.Value, error) {
	kind := request.Type()
	for i := range kind.NumMethod() {
		method := request.Method(i)
		if method.Type().NumIn() != 1 || method.Type().NumOut() != 1 {
			continue
		}
		if wanted := method.Type().In(0).Kind(); wanted == reflect.Struct || wanted == reflect.Map {
			return set(request, kind.Method(i).Name, text)
		}
	}
	return request, errors.New("the request takes no body")
}

// execute sends, and follows the pages of a list to the last.
func execute(request reflect.Value) ([]any, error) {
	out := request.MethodByName("Execute").Call(nil)
	if len(out) == 1 && out[0].Type().CanSeq2() {
		return pages(out[0].Seq2())
	}
	if err, ok := out[len(out)-1].Interface().(error); ok {
		return nil, err
	}
	answers := []any{}
	for _, value := range out[:len(out)-1] {
		response, isResponse := value.Interface().(*http.Response)
		if !isResponse {
			answers = append(answers, value.Interface())
		} else if len(out) == 2 {
			// An operation whose answer the client does not decode.
			var members map[string]any
			if json.NewDecoder(response.Body).Decode(&members) == nil {
				answers = append(answers, members)
			}
		}
	}
	return answers, nil
}

func pages(all iter.Seq2[reflect.Value, reflect.Value]) ([]any, error) {
	answers := []any{}
	for page, problem := range all {
		if err, ok := problem.Interface().(error); ok {
			return nil, err
		}
		answers = append(answers, page.FieldByName("EntityArray").Interface())
	}
	return answers, nil
}

// operationsOf are the operations of a service that a context and path arguments make a request of.
func operationsOf(client any, service string) []string {
	names := []string{}
	field := reflect.ValueOf(client).Elem().FieldByName(service)
	if !field.IsValid() {
		return []string{"the service itself"}
	}
	for i := range field.NumMethod() {
		method := field.Type().Method(i)
		isRequest := method.Type.NumIn() >= 2 && method.Type.In(1) == reflect.TypeFor[context.Context]()
		if isRequest && method.Type.NumOut() == 1 && strings.HasSuffix(method.Type.Out(0).Name(), "Request") {
			names = append(names, method.Name)
		}
	}
	slices.Sort(names)
	return names
}

// refusedWith is nil when the client decoded an error body that has the code, at its top or in a detail.
func refusedWith(err error, code string) error {
	if err == nil {
		return errors.New("accepted, expected " + code)
	}
	withModel, ok := err.(interface{ Model() any })
	if !ok {
		return described(err)
	}
	body := plain(withModel.Model())
	if withBody, ok := err.(interface{ Body() []byte }); ok && withModel.Model() == nil {
		// Some lists ask for the environment when they are refused, and keep the body alone when that is refused too.
		_ = json.Unmarshal(withBody.Body(), &body)
	}
	if body["code"] == code {
		return nil
	}
	details, _ := body["details"].([]any)
	for _, detail := range details {
		if entry, _ := detail.(map[string]any); entry["code"] == code {
			return nil
		}
	}
	return fmt.Errorf("expected %s: %w", code, described(err))
}

func undecodedWith(err error, words string) error {
	if err == nil {
		return errors.New("decoded, though the model was said to lack it")
	}
	if !strings.Contains(err.Error(), words) {
		return described(err)
	}
	return nil
}

func described(err error) error {
	if withBody, ok := err.(interface{ Body() []byte }); ok && len(withBody.Body()) > 0 {
		return fmt.Errorf("%w: %.600s", err, withBody.Body())
	}
	return err
}

func plain(value any) map[string]any {
	text, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	var members map[string]any
	_ = json.Unmarshal(text, &members)
	return members
}
