package field

import "testing"

// TestWrapperAt distinguishes the objects of typed values from others.
func TestWrapperAt(t *testing.T) {
	for object, want := range map[string]Wrapper{
		`{"S":"a"}`: Typed, `{ "N" : "1795430665959" }`: Typed, `{"N":3}`: NoWrapper, `{"Name":"a"}`: NoWrapper,
		`{"$date":{"$numberLong":"1"}}`: Typed, `{"$oid":"5f"}`: NoWrapper, `{"timestampValue":"t"}`: Typed,
		`{"seconds":1,"nanos":2}`: Instant, `{"_nanoseconds":2,"_seconds":1}`: Instant, `{"second":1}`: NoWrapper,
		`{`: NoWrapper, `{}`: NoWrapper, `{"S`: NoWrapper, `{"S":`: NoWrapper,
	} {
		if got := WrapperAt([]byte(object)); got != want {
			t.Errorf("%s: got %d, want %d", object, got, want)
		}
	}
}

// TestHasWrappers checks that a key counts, and a value does not: telemetry of signals has "type":"string".
func TestHasWrappers(t *testing.T) {
	for text, want := range map[string]bool{
		`{"at":{"$date":"t"}}`: true, `{"at" : { "S" : "t" }}`: true, `{"log":"{\"at\":{\"string\":\"t\"}}"}`: true,
		`"{""at"":{""string"":""t""}}"`:                             true,
		`{"name":"at","value":"t"}`:                                 true,
		`{"payload":{"type":"string"},"a":["S","N"],"b":"seconds"}`: false,
		`{"payload":"{\"type\":\"string\"}"}`:                       false,
		`{"a":"value","name":"b"}`:                                  false,
		`{"value":"b"}`:                                             false,
		`{"a":"string"`:                                             false,
		`{"type":"string","at":{"string":"t"}}`:                     true,
	} {
		if got := HasWrappers([]byte(text)); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// TestGuessWithinWrappers finds times in typed values, and in pairs of a name and a value.
func TestGuessWithinWrappers(t *testing.T) {
	for record, want := range map[string]string{
		`{"made":{"N":"179543066595%d"}}`:                                "made",
		`{"made":{"$date":{"$numberLong":"179543066595%d"}},"line":"x"}`: "made",
		`{"made":{"seconds":"179543066%d","nanos":5}}`:                   "made",
		`{"tags":[{"key":"made_at","value":"179543066595%d"}]}`:          "made_at",
	} {
		if got := guessOf(record); got != want {
			t.Errorf("%s: got %q, want %q", record, got, want)
		}
	}
}
