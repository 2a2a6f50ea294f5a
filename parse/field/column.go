package field

import "strings"

// Key returns the name of a column in the spelling of Of. Headers have capitals,
// spaces, and prefixes that exporters add. A column that is common in logs, but of no use here,
// keeps its name; any other becomes empty.
func Key(column string) string {
	for _, around := range []string{"_source.", "jsonPayload.", "attributes.", "result."} {
		column = strings.TrimPrefix(column, around)
	}
	if f, _ := Of([]byte(column)); f != None {
		return column
	}
	return columnKeys[squash(column)]
}

// squash makes "Session ID", "session_id" and "sessionId" equal.
func squash(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '@':
			return r
		}
		return -1
	}, name)
}

// columnKeys are the keys of columns, by their squashed names.
var columnKeys = func() map[string]string {
	keys := map[string]string{}
	for _, key := range []string{
		"clientSystemTime", "timestamp", "@timestamp", "time", "ts", "datetime", "date", "eventTime", "receiveTimestamp", "ingestTime",
		"sessionId", "opentokSessionId", "otSessionId", "session",
		"failureName", "name", "errorName", "failureCode", "errorCode", "code",
		"message", "msg", "log", "content", "textPayload", "@message", "failureMessage", "details", "text", "body",
		"action", "variation", "reason", "clientInstanceId", "guid", "connectionId", "streamId", "subscriberId",
		"failureReason", "clientVersion", "version", "userAgent",
		// Common in logs, but of no use here:
		"host", "service", "level", "severity", "status", "source", "sourcetype", "index", "stream", "logStream", "@logStream", "@log",
	} {
		keys[squash(key)] = key
	}
	for column, key := range map[string]string{"raw": "_raw", "utctime": "time", "timeutc": "time", "dateutc": "date", "datetimeutc": "time", "timestamputc": "timestamp", "logmessage": "message"} {
		keys[column] = key
	}
	return keys
}()

// MaxName is the length of the longest name of a key or column that is looked at.
const MaxName = 100
