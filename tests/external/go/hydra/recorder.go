// Package hydra knows every operation of Ory Hydra's API and notices which of them an SDK has called. It also adds the
// parameters for which a generated SDK has no method (the authorization endpoint has none at all).
package hydra

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

type operation struct {
	name     string
	method   string
	path     *regexp.Regexp
	statuses []string
}

// Recorder passes requests on and remembers which operations succeeded.
type Recorder struct {
	operations []operation
	mutex      sync.Mutex
	succeeded  map[string]bool
	unexpected []string
}

var placeholder = regexp.MustCompile(`\\\{[a-z]+\\\}`)

// NewRecorder reads a list of operations: name, method, path and the statuses of success in each line.
func NewRecorder(list string) (*Recorder, error) {
	file, err := os.Open(list)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	recorder := &Recorder{succeeded: map[string]bool{}}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 4 {
			return nil, fmt.Errorf("%s: not an operation: %q", list, line)
		}
		path := "^" + placeholder.ReplaceAllString(regexp.QuoteMeta(fields[2]), `[^/]+`) + "$"
		recorder.operations = append(recorder.operations,
			operation{fields[0], fields[1], regexp.MustCompile(path), strings.Split(fields[3], ",")})
	}
	return recorder, nil
}

// RoundTrip implements http.RoundTripper.
func (r *Recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	request, err := withParametersOfContext(request)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	what := fmt.Sprintf("%s %s: %d", request.Method, request.URL.Path, answer.StatusCode)
	for _, operation := range r.operations {
		if operation.method != request.Method || !operation.path.MatchString(request.URL.Path) {
			continue
		}
		if slices.Contains(operation.statuses, strconv.Itoa(answer.StatusCode)) {
			r.succeeded[operation.name] = true
		} else if answer.StatusCode < http.StatusBadRequest {
			r.unexpected = append(r.unexpected, fmt.Sprintf("%s, not %s", what, operation.statuses))
		}
		return answer, nil
	}
	r.unexpected = append(r.unexpected, what+" is no operation of Hydra's")
	return answer, nil
}

// Faults says what is wrong with all that was called: operations without one success, and successes with another
// status than Hydra's. Operations in `elsewhere` are those that the SDK does not have.
func (r *Recorder) Faults(elsewhere ...string) []string {
	faults := append([]string{}, r.unexpected...)
	exempt := map[string]bool{}
	for _, name := range elsewhere {
		exempt[name] = true
	}
	for _, operation := range r.operations {
		switch done := r.succeeded[operation.name]; {
		case !done && !exempt[operation.name]:
			faults = append(faults, operation.name+" never succeeded")
		case done && exempt[operation.name]:
			faults = append(faults, operation.name+" succeeded: it is no exception")
		}
	}
	sort.Strings(faults)
	return faults
}

type parametersKey struct{}

// WithParameters adds to the requests of an SDK what it has no method for: to the form of a POST, else to the query.
func WithParameters(ctx context.Context, parameters url.Values) context.Context {
	return context.WithValue(ctx, parametersKey{}, parameters)
}

func withParametersOfContext(request *http.Request) (*http.Request, error) {
	parameters, given := request.Context().Value(parametersKey{}).(url.Values)
	if !given {
		return request, nil
	}
	changed := request.Clone(request.Context())
	if request.Method != http.MethodPost {
		changed.URL.RawQuery = parameters.Encode()
		return changed, nil
	}
	form := parameters.Encode()
	if request.Body != nil {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		if len(body) > 0 {
			form = string(body) + "&" + form
		}
	}
	changed.Body = io.NopCloser(strings.NewReader(form))
	changed.ContentLength = int64(len(form))
	changed.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return changed, nil
}
