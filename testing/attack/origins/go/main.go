// Go's own server and multiplexer: go run main.go port
package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
)

// How a guarded handler says that it ran: a line with the request's own id, in a file that only this
// run knows. It is written before anything else is done, so no answer can come before it.
func guarded(file *os.File, name string) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		id := request.Header.Get("x-attack")
		if id == "" {
			id = "-"
		}
		fmt.Fprintf(file, "%s %s\n", id, name)
		fmt.Fprint(response, "guarded")
	}
}

func open(response http.ResponseWriter, request *http.Request) {
	fmt.Fprint(response, "public")
}

func main() {
	file, err := os.OpenFile(os.Getenv("ATTACK_RAN"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	for path, name := range map[string]string{
		"/internal/secret":           "secret",
		"/internal/run":              "run",
		"/internal/jobs/7/status":    "job",
		"/internal/files/":           "files",
		"/internal/slash/":           "slash",
		"/api/dashboard/latest-runs": "latest-runs",
		"/balance/admin":             "balance-admin",
		"/account":                   "account",
		"/tasks/":                    "tasks",
	} {
		mux.HandleFunc(path, guarded(file, name))
	}
	// One segment below, as people take it from the path by hand.
	balance := guarded(file, "balance")
	mux.HandleFunc("/balance/", func(response http.ResponseWriter, request *http.Request) {
		id := strings.TrimPrefix(request.URL.Path, "/balance/")
		if id == "" || strings.Contains(id, "/") {
			http.NotFound(response, request)
			return
		}
		balance(response, request)
	})
	for _, path := range []string{"/pub", "/items/", "/objects/"} {
		mux.HandleFunc(path, open)
	}
	mux.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		if request.URL.Path != "/" {
			http.NotFound(response, request)
			return
		}
		open(response, request)
	})
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], mux))
}
