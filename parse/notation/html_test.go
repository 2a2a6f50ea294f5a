package notation

import (
	"html"
	"strings"
	"testing"
)

var inHTML = []rewriting{
	{name: "preformatted", text: "<!DOCTYPE html>\n<html><head><title>10:44:25</title><style>p{}</style><script>if (a<b) '<p>'</script></head><body><!-- x --><pre>\n" + failed + "\n" + frame + "\n" + strings.Replace(harmless, "rooms", "<b>rooms</b>", 1) + "</pre></body></html>", want: failed + "\n" + frame + "\n" + harmless + "\n"},
	{name: "paragraphs", text: "<html><p>" + failed + "\n<p>" + frame + "\n<p>" + strings.ReplaceAll(harmless, " ", "\n  ") + "&nbsp;&lt;&amp;&#39;&eacute;", want: failed + "\n" + strings.TrimSpace(frame) + "\n" + harmless + " <&'é\n"},
	{name: "line breaks", text: "<div>" + failed + "<br>" + strings.Replace(frame, "    ", "&nbsp;&nbsp; &nbsp;", 1) + "<br/>" + harmless + "</div>", want: failed + "\n" + frame + "\n" + harmless + "\n"},
	{name: "a table", text: "<table><tr><th>Time</th><th>Text</th></tr>\n<tr>\n <td><p>2026-11-23T10:44:25Z</p></td>\n <td><p>" + session + "</p></td></tr><tr><td></td><td>2026-11-23T10:44:26Z</td><td>OT_TIMEOUT:<br>late</td></tr></table>", want: "Time\tText\n2026-11-23T10:44:25Z\t" + session + "\n2026-11-23T10:44:26Z\tOT_TIMEOUT:\nlate\n"},
	{name: "times in blocks of their own", text: "<div>" + strings.Repeat("<div><div>10:44:25.959</div><div>ERROR</div><div>OT_TIMEOUT: late</div></div><div><i>10:44:26</i><b>x</b></div>", 2) + "</div>", want: strings.Repeat("10:44:25.959\tERROR\tOT_TIMEOUT: late\n10:44:26 x\n", 2)},
	{name: "white space in a style", text: "<p style='white-space: pre-wrap'>" + failed + "\n" + frame + "\n" + harmless + "</p>", want: failed + "\n" + frame + "\n" + harmless + "\n"},
	{name: "white space in another style", text: "<div class=log>" + failed + "\nwords\n" + harmless + "\n</div>", want: failed + " words\n" + harmless + "\n"},
	{name: "adjacent elements", text: strings.Repeat("<div><span>2026-11-23T10:44:25Z</span><code>"+session+"-</code><em>%cOpenTok</em></div><div><b>10:44:26</b> <i>O</i>T_<em>TIMEOUT</em></div>", 2), want: strings.Repeat("2026-11-23T10:44:25Z "+session+"- %cOpenTok\n10:44:26 OT_TIMEOUT\n", 2)},
	{name: "a block for each field", text: "<body>" + strings.Repeat("<div><div>2026-11-23T10:44:25Z</div><div>"+session+"</div><div>OT_TIMEOUT: late</div></div><ul><li>OT_TIMEOUT: late</li><li>10:44:26</li><li>"+session+"</li></ul>", 2) + "</body>", want: strings.Repeat("2026-11-23T10:44:25Z\t"+session+"\tOT_TIMEOUT: late\n10:44:26\t"+session+"\tOT_TIMEOUT: late\n", 2)},
	{name: "terms and their values", text: "<body>" + strings.Repeat("<dl><dt>Time</dt><dd>2026-11-23T10:44:25Z</dd><dt>Session</dt><dd>"+session+"</dd><dt>Text<dd>OT_TIMEOUT: late</dl>", 2), want: strings.Repeat("Time\t2026-11-23T10:44:25Z\tSession\t"+session+"\tText\nOT_TIMEOUT: late\n", 2)},
	{name: "times after their texts", text: "<body>" + strings.Repeat("<p>OT_TIMEOUT: late<br><small>10:44:25</small></p>", 2) + "<p>10:44:26<p>x</body>", want: strings.Repeat("10:44:25\tOT_TIMEOUT: late\n", 2) + "10:44:26\tx\n"},
	{name: "a chat", text: strings.Repeat("<div><b>Ann</b> <i>2026-11-23T10:44:25Z</i><div>OT_TIMEOUT: late</div></div><div>Ann 2026-11-23T10:44:26Z</div><div>x</div>", 2), want: strings.Repeat("Ann 2026-11-23T10:44:25Z\tOT_TIMEOUT: late\nAnn 2026-11-23T10:44:26Z\nx\n", 2)},
	{name: "times that are not shown", text: strings.Repeat("<div><time datetime='2026-11-23T10:44:25Z'>2 <b>days</b> ago</time><p>OT_TIMEOUT: late</p></div>", 2), want: strings.Repeat("2026-11-23T10:44:25Z\tOT_TIMEOUT: late\n", 2)},
	{name: "a page about errors", text: "<html><p>OT_TIMEOUT: too late, since 10:44:25</p><p>OT_NOT_FOUND</p></html>"},
	{name: "another log", text: "<html><p>" + harmless + "</p><p>" + harmless + "</p></html>"},
	{name: "otlog's report", text: `<!doctype html><html><head><meta name="generator" content="otlog"/></head><pre>` + html.EscapeString(failed+"\n"+failed) + "</pre></html>"},
	{name: "a console log", text: "<div> is rendered\n" + failed + "\n" + harmless + "\n"},
	{name: "an element of a program", text: "<Room/>\n" + failed + "\n" + harmless + "\n"},
}

func TestHTML(t *testing.T) { checkRewritings(t, "html", inHTML) }

func FuzzHTML(f *testing.F) { fuzz(f, openPage, isPage, inHTML) }
