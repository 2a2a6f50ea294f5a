package notation

import (
	"strings"
	"testing"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

var inXML = []rewriting{
	{
		name: "java.util.logging", text: xmlHead + "<!DOCTYPE log SYSTEM \"logger.dtd\">\n<log>\n<record>\n <date>2026-11-23T10:44:25</date>\n <millis>1795430665959</millis>\n <message>OT_TIMEOUT: a &lt; b &amp; c &#233;</message>\n</record>\n<record><millis>1795430665960</millis><message/></record>",
		want: `{"date":"2026-11-23T10:44:25","timestamp":"1795430665959","message":"OT_TIMEOUT: a < b & c é"}` + "\n" + `{"timestamp":"1795430665960","message":""}` + "\n",
	},
	{
		name: "log4j", text: "<log4j:event logger=\"a\" timestamp=\"1795430665959\">\n<log4j:message><![CDATA[OT_TIMEOUT: <late> ]] ]]>" + "</log4j:message>\n<log4j:properties><log4j:data name=\"host\" value=\"web-0\"/><log4j:data name=\"app\" value=\"x\"/></log4j:properties></log4j:event>\n\n<log4j:event timestamp=\"1795430665960\"/>\n",
		want: `{"logger":"a","timestamp":"1795430665959","message":"OT_TIMEOUT: <late> ]]","properties":{"host":"web-0","app":"x"}}` + "\n" + `{"timestamp":"1795430665960"}` + "\n",
	},
	{
		name: "log4j2", text: "<Events xmlns=\"x\">" + strings.Repeat("<Event level=\"ERROR\"><Instant epochSecond=\"1795430665\" nanoOfSecond=\"959000000\"/><Message>OT_TIMEOUT: late</Message></Event>", 2) + "</Events>",
		want: strings.Repeat(`{"level":"ERROR","Instant":{"epochSecond":1795430665,"nanoOfSecond":959000000},"Message":"OT_TIMEOUT: late"}`+"\n", 2),
	},
	{
		name: "Splunk", text: xmlHead + "<results><meta><fieldOrder><field>_time</field></fieldOrder></meta>" + strings.Repeat("<result offset='0'><field k='_time'><value><text>2026-11-23T10:44:25.959Z</text></value></field><field k='_raw'><v xml:space='preserve' trim='0'>OT_TIMEOUT: <sg h=\"1\">late</sg></v></field></result>", 2) + "</results>",
		want: strings.Repeat(`{"offset":"0","_time":"2026-11-23T10:44:25.959Z","_raw":"OT_TIMEOUT:\nlate"}`+"\n", 2),
	},
	{
		name: "lines of a test", text: "<testsuite><properties><property name=\"a\" value=\"b\"/></properties><testcase name=\"x\"><failure message=\"OT_TIMEOUT\"/><system-out><![CDATA[" + failed + "\n" + frame + "\n" + harmless + "]]>" + "</system-out></testcase><testcase name=\"y\"><system-out>" + failed + "</system-out></testcase></testsuite>",
		want: failed + "\n" + frame + "\n" + harmless + "\n" + failed + "\n",
	},
	{
		name: "a property list", text: xmlHead + "<plist version=\"1.0\"><array>" + strings.Repeat("<dict><key>message</key><string>OT_TIMEOUT: late</string><key>time</key><date>2026-11-23T10:44:25Z</date><key>list</key><array><integer>1</integer><integer>2</integer></array></dict>", 2) + "</array></plist>",
		want: strings.Repeat(`{"message":"OT_TIMEOUT: late","time":"2026-11-23T10:44:25Z","list":["1","2"]}`+"\n", 2),
	},
	{
		name: "sessions", text: "<calls><call id=\"" + session + "\"><e at=\"2026-11-23T10:44:25Z\">OT_TIMEOUT: late</e><e at=\"2026-11-23T10:44:26Z\">x</e></call></calls>",
		want: `{"at":"2026-11-23T10:44:25Z","message":"OT_TIMEOUT: late","sessionId":"` + session + `"}` + "\n" + `{"at":"2026-11-23T10:44:26Z","message":"x","sessionId":"` + session + `"}` + "\n",
	},
	{
		name: "a session around lines", text: "<calls><call session='" + session + "'><log>2026-11-23T10:44:25.959Z OT_TIMEOUT: late\n" + frame + "\r\n" + failed + "\n{\"time\":\"2026-11-23T10:44:26Z\"}\n</log></call><call><log>2026-11-23T10:44:27Z x</log></call></calls>",
		want: "2026-11-23T10:44:25.959Z OT_TIMEOUT: late " + session + "\n" + frame + "\r\n" + failed + "\n{\"sessionId\":\"" + session + "\",\"time\":\"2026-11-23T10:44:26Z\"}\n2026-11-23T10:44:27Z x\n",
	},
	{
		name: "lines", text: "<log><line>" + failed + "</line><line>" + harmless + "</line><line n='3'>" + harmless + "</line></log>",
		want: failed + "\n" + harmless + "\n" + `{"n":"3","message":"` + harmless + `","time":"2026-11-23T10:44:26.001Z"}` + "\n",
	},
	{
		name: "cells", text: "<t>" + strings.Repeat("<r><c>2026-11-23T10:44:25Z</c><c>OT_TIMEOUT: late</c></r>", 2) + "</t>",
		want: strings.Repeat(`{"c1":"2026-11-23T10:44:25Z","c2":"OT_TIMEOUT: late"}`+"\n", 2),
	},
	{
		name: "elements of several names", text: "<l><error at='2026-11-23T10:44:25Z'>OT_TIMEOUT: late</error><error at='2026-11-23T10:44:26Z'>x</error><info at='2026-11-23T10:44:27Z'>y</info><title>OT_TIMEOUT</title></l>",
		want: `{"at":"2026-11-23T10:44:25Z","message":"OT_TIMEOUT: late"}` + "\n" + `{"at":"2026-11-23T10:44:26Z","message":"x"}` + "\n" + `{"at":"2026-11-23T10:44:27Z","message":"y"}` + "\n",
	},
	{
		name: "broken off", text: "<l><e at='2026-11-23T10:44:25Z'>OT_TIMEOUT: late</e><e at='2026-11-23T10:44:26Z'>x</e><e at='2026-11-23T10:44:27Z'>y",
		want: `{"at":"2026-11-23T10:44:25Z","message":"OT_TIMEOUT: late"}` + "\n" + `{"at":"2026-11-23T10:44:26Z","message":"x"}` + "\n", damaged: true,
	},
	{name: "one element", text: "<e at=\"2026-11-23 10:44:25\">OT_TIMEOUT: late</e>\n"},
	{name: "a document", text: xmlHead + "<project><dependency>x</dependency><dependency>2026-11-23T10:44:25Z</dependency><dependency>2026-11-23T10:44:25Z</dependency></project>"},
	{name: "a page", text: "<html><body><p>" + failed + "</p><p>" + harmless + "</p></body></html>"},
	{name: "an element that does not end", text: "<Room> rendered\n" + failed + "\n" + harmless + "\n"},
	{name: "wrong ends", text: "<a><b at='2026-11-23T10:44:25Z'>OT_TIMEOUT</a></b><a>"},
}

func TestXML(t *testing.T) { checkRewritings(t, "xml", inXML) }

func FuzzXML(f *testing.F) { fuzz(f, openXML, isXML, inXML) }

// TestXMLThatChanges checks texts that stop being what they start as.
func TestXMLThatChanges(t *testing.T) {
	const record, line = `<e at="2026-11-23T10:44:25Z">OT_TIMEOUT: late</e>`, `{"at":"2026-11-23T10:44:25Z","message":"OT_TIMEOUT: late"}` + "\n"
	start := "<l>" + strings.Repeat(record, 2000)
	for rest, want := range map[string]string{
		"</l>\n":                               "",
		"":                                     "",
		"</l><l>" + record + "</l>":            "",
		xmlHead + "<l>" + record:               "",
		"</m>":                                 "</m> ends no element",
		"</l>\n" + failed:                      "text outside of elements",
		"<e><f></e>":                           "</e> ends <f>",
		"<e a=\"":                              "unexpected EOF",
		"<!-- ":                                "unexpected EOF",
		"<![CDATA[":                            "unexpected EOF",
		strings.Repeat("<e>", 300):             "nested too deeply",
		strings.Repeat("<l>", 300):             "nested too deeply",
		"<e>" + strings.Repeat("x", maxRecord): "more than 4 MiB",
		"<e a='" + strings.Repeat("x", maxRecord): "more than 4 MiB",
	} {
		_, got, err := rewrite(t, start+rest)
		if !strings.HasPrefix(got, strings.Repeat(line, 2000)) || (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.50q: %d bytes, %v", rest, len(got), err)
		}
	}
}
