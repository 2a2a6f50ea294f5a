package redact

import "testing"

func TestSecretsAreRedacted(t *testing.T) {
	tests := []struct{ name, text, want string }{
		// Shapes.
		{"token", "Invalid token format Token: T1==cGFydG5lcl9pZD00NTAx_-MjM0NSZzaWc9MDAw (1004)", "Invalid token format Token: T1==[redacted] (1004)"},
		{"token at the end of a cut", "Token: T1==cGFydG5lcl9", "Token: T1==[redacted]"},
		{"token after a word", "with xT1==cGFydG5lcl9, next", "with xT1==[redacted], next"},
		{"token in a URL", "wss://host/rtc?token=T1%3D%3DcGFy%2BdG5%3D&x=1 closed", "wss://host/rtc?token=T1%3D%3D[redacted]&x=1 closed"},
		{"percent-encoded token", "T1%3D%3DcGFydG5lcl9%2b%2Fx failed", "T1%3D%3D[redacted] failed"},
		{"token encoded twice", "T1%253D%253DcGFydG5lcl9%253D&x", "T1%253D%253D[redacted]&x"},
		{"token with Unicode escapes", `T1\u003d\u003dcGFydG5l\u002bx "`, `T1\u003d\u003d[redacted] "`},
		{"web token", "token eyJhbGciOiJSUzI1NiJ9.eyJzZXNzaW9uIjoiMSJ9.c2lnbmF0dXJl, expired", "token eyJ[redacted], expired"},
		{"web token without its end", "eyJhbGciOiJSUzI1NiJ9.eyJzZXNzaW9uIjoiMS", "eyJ[redacted]"},
		{"private key", "key -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY----- end", "key -----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY----- end"},
		{"private key without its end", `-----BEGIN PRIVATE KEY-----\nMIIE\nabc`, "-----BEGIN PRIVATE KEY-----[redacted]"},
		{"user and password", "GET https://user:pass@host/path?a=b@c failed", "GET https://[redacted]@host/path?a=b@c failed"},
		{"password with an at sign", "amqp://user:p@ss@host/x", "amqp://[redacted]@host/x"},
		{"password with a slash", "amqp://user:p/s?w@host/x", "amqp://[redacted]@host/x"},
		{"user alone", "https://4b5c6d7e@sentry.example/12", "https://[redacted]@sentry.example/12"},
		{"encoded URL", "next=https%3A%2F%2Fuser%3Apass%40host%2Fx", "next=https%3A%2F%2F[redacted]%40host%2Fx"},
		{"escaped URL", `"https:\/\/user:pass@host\/x"`, `"https:\/\/[redacted]@host\/x"`},

		// Names of keys.
		{"YAML", "apiSecret: 0123456789abcdef", "apiSecret: [redacted]"},
		{"assignment", "apiSecret=0123456789abcdef next", "apiSecret=[redacted] next"},
		{"spaced assignment", "api_secret = hunter2 next", "api_secret = [redacted] next"},
		{"environment", "OPENTOK_API_SECRET=0123456789abcdef", "OPENTOK_API_SECRET=[redacted]"},
		{"JSON", `{"apiSecret":"hunter2","x":1}`, `{"apiSecret":"[redacted]","x":1}`},
		{"JSON, spaced", `{ "access_token" : "hunter2" }`, `{ "access_token" : "[redacted]" }`},
		{"number", `{"password":123456,"x":1}`, `{"password":[redacted],"x":1}`},
		{"escaped quote", `{"token": "a\"quoted","x":1}`, `{"token": "[redacted]","x":1}`},
		{"backslash at the end", `{"token": "a\\","x":1}`, `{"token": "[redacted]","x":1}`},
		{"JSON in a string", `{\"encryptionSecret\":\"hun\\\"ter2\",\"x\":1}`, `{\"encryptionSecret\":\"[redacted]\",\"x\":1}`},
		{"JSON in a string in a string", `\\\"token\\\":\\\"hunter2\\\",`, `\\\"token\\\":\\\"[redacted]\\\",`},
		{"value that the outer string cuts", `{"body":"{\"token\":\"hunt","x":1}`, `{"body":"{\"token\":\"[redacted]","x":1}`},
		{"Unicode quotation marks", `\u0022token\u0022:\u0022hunter2\u0022,`, `\u0022token\u0022:\u0022[redacted]\u0022,`},
		{"JSON in CSV", `"{""token"":""hunter2"",""x"":1}"`, `"{""token"":""[redacted]"",""x"":1}"`},
		{"JSON in HTML", `{&quot;token&quot;:&quot;hunter2&quot;,`, `{&quot;token&quot;:&quot;[redacted]&quot;,`},
		{"JSON in a URL", `%7B%22token%22%3A%22hunter2%22%2C`, `%7B%22token%22%3A%22[redacted]%22%2C`},
		{"list", `"set-cookie": [ "a=b; Path=/", "c=d" ], "x"`, `"set-cookie": [ "[redacted]", "[redacted]" ], "x"`},
		{"preview", `{credential: 'x1', token: "it's", n: 1}`, `{credential: '[redacted]', token: "[redacted]", n: 1}`},
		{"preview with a quotation mark", `{token: 'it's x', n: 1}`, `{token: '[redacted]', n: 1}`},
		{"preview with quoted keys", `{'token':'x1'}`, `{'token':'[redacted]'}`},
		{"preview without quotation marks", `{token: hunter2, sessionId: 1_MX}`, `{token: [redacted], sessionId: 1_MX}`},
		{"Ruby", `{:token=>"hunter2"}`, `{:token=>"[redacted]"}`},
		{"Java", "Config{token=hunter2, id=4}", "Config{token=[redacted], id=4}"},
		{"without a space", "token=a,b;c,session=1_MX", "token=[redacted],session=1_MX"},
		{"query", "https://h/x?token=plain&id=4#t", "https://h/x?token=[redacted]&id=4#t"},
		{"fragment", "https://h/#access_token=plain&id=4", "https://h/#access_token=[redacted]&id=4"},
		{"query in a query", "u=https%3A%2F%2Fh%3Ftoken%3Dpla%2Bin%26id%3D4", "u=https%3A%2F%2Fh%3Ftoken%3D[redacted]%26id%3D4"},
		{"query in JSON", `?token\u003dplain\u0026id=4`, `?token\u003d[redacted]\u0026id=4`},
		{"query in HTML", `?token=plain&amp;id=4`, `?token=[redacted]&amp;id=4`},
		{"form", "user[password]=hunter2&x", "user[password]=[redacted]&x"},
		{"signature", "https://h/x?X-Amz-Signature=ab12&y=1", "https://h/x?X-Amz-Signature=[redacted]&y=1"},
		{"field of a token", "partner_id=45&sig=ab12:session_id=1_MX", "partner_id=45&sig=[redacted]"},
		{"two words", "private key: hunter2", "private key: [redacted]"},
		{"digits", "password2=hunter2", "password2=[redacted]"},
		{"session description", `a=ice-pwd:Ab3/+xyz\r\na=x`, `a=ice-pwd:[redacted]\r\na=x`},
		{"XML", "<ns><token>hunter2</token></ns>", "<ns><token>[redacted]</token></ns>"},
		{"XML with attributes", `<wsse:Password Type="http://x#y">hunter2</wsse:Password>`, `<wsse:Password Type="http://x#y">[redacted]</wsse:Password>`},
		{"CDATA", "<token><![CDATA[hunter2]]></token>", "<token>[redacted]</token>"},
		{"arguments as JSON", `["apiSecret","0123456789abcdef",1]`, `["apiSecret","[redacted]",1]`},
		{"attribute", `<add key="apiSecret" value="hunter2"/>`, `<add key="apiSecret" value="[redacted]"/>`},
		{"flag", "run --api-secret hunter2 --port 1", "run --api-secret [redacted] --port 1"},
		{"arguments of console.log", "token 0123456789abcdef0 next", "token [redacted] next"},
		{"a word of prose is the value", `token=hunter`, `token=[redacted]`},

		// Headers.
		{"basic", "Authorization: Basic dXNlcjpwYXNz, next", "Authorization: Basic [redacted], next"},
		{"bearer", "Authorization: Bearer opaque", "Authorization: Bearer [redacted]"},
		{"another scheme", "Authorization: Token opaque", "Authorization: [redacted]"},
		{"bearer without a header", "sent Bearer abc12345 to", "sent Bearer [redacted] to"},
		{"digest", `Authorization: Digest username="u", response="ab12", qop=auth`, `Authorization: Digest [redacted]`},
		{"header", "X-OPENTOK-AUTH: abc.def, next", "X-OPENTOK-AUTH: [redacted], next"},
		{"API key of a service", "x-api-key: abc.def", "x-api-key: [redacted]"},
		{"header in JSON", `"authorization": "Bearer a b", "x"`, `"authorization": "Bearer [redacted]", "x"`},
		{"header as a pair", `{"name": "X-TB-TOKEN-AUTH", "value": "hunter2"}`, `{"name": "X-TB-TOKEN-AUTH", "value": "[redacted]"}`},
		{"headers in a list", `["Cookie","a=b","Host","x"]`, `["Cookie","[redacted]","Host","x"]`},
		{"headers of Go", "map[Authorization:[Basic dXNl cjpw] Host:[x]]", "map[Authorization:[Basic [redacted]] Host:[x]]"},
		{"cookies", "Cookie: a=b; c=d\r\nHost: x", "Cookie: [redacted]\r\nHost: x"},
		{"cookies with escapes", `Cookie: a\u003db; c\u003dd`, "Cookie: [redacted]"},
		{"cookies as a value", "cookie=a=b; c=d session=1_MX", "cookie=[redacted] session=1_MX"},
		{"cookies in a command", `curl -H 'Cookie: a=b; c=d' https://x`, `curl -H 'Cookie: [redacted]' https://x`},
		{"set cookie", `Set-Cookie: sid=a; Expires=Wed, 21 Oct 2026\r\nHost`, `Set-Cookie: [redacted]\r\nHost`},

		// Tokens in tokens.
		{"token in base64", "token is VDE9PWNHRnlkRzVsY2w5cFpEMDBOVEF4, next", "token is VDE9P[redacted], next"},
		{"connection data", `connection: {connectionId: "3b241101", creationTime: 1, data: "name=Bob"}`, `connection: {connectionId: "3b241101", creationTime: 1, data: "[redacted]"}`},
		{"connection data in JSON", `{"connectionId":"3b241101","data":"{\"name\":\"Bob\"}","x":1}`, `{"connectionId":"3b241101","data":"[redacted]","x":1}`},
		{"connection data by its key", `{"connectionData":"name=Bob","x":1} connection_data=name%3DBob&x=1`, `{"connectionData":"[redacted]","x":1} connection_data=[redacted]&x=1`},
		{"connection data of a property", `connection.data: "Bob"`, `connection.data: "[redacted]"`},

		// E-mail addresses.
		{"e-mail", "mail user@host.example", "mail [e-mail]"},
		{"e-mail with signs", "<bob.o'hara+x_y-z@mail.host-1.co.uk>, next", "<bob.o'[e-mail]>, next"},
		{"e-mail in JSON", `{"user":"bob@host.example","x":1}`, `{"user":"[e-mail]","x":1}`},
		{"e-mail after a line break", `x\nbob@host.example\ty`, `x\n[e-mail]\ty`},
		{"e-mail in a URL", "?user=bob%40host.example&x=1", "?user=[e-mail]&x=1"},
		{"e-mail encoded", "%22bob%2Bx%40host%2Eexample%22", "%22[e-mail]%22"},
		{"e-mail encoded twice", "%2522bob%252Bx%2540host.example%2522", "%2522[e-mail]%2522"},
		{"e-mail with escapes", `\u0022bob\u0040host.example\u0022`, `\u0022[e-mail]\u0022`},
		{"e-mail in HTML", "&quot;bob&#64;host.example&quot;", "&quot;[e-mail]&quot;"},
		{"e-mail at the end", "ask bob@host.example.", "ask [e-mail]."},
		{"e-mail in a script that is not Latin", "für jörg@bücher.example", "für [e-mail]"},
		{"mailto", "mailto:bob@host.example?subject=x", "mailto:[e-mail]?subject=x"},
		{"e-mail as a user", "https://bob@host.example@host.example/x", "https://[redacted]@host.example/x"},

		// Addresses.
		{"IPv4", "from 203.0.113.7 to", "from [IP] to"},
		{"IPv4 with a port", "203.0.113.7:443, next", "[IP]:443, next"},
		{"IPv4 in a URL", "https://10.1.2.3:8443/x failed", "https://[IP]:8443/x failed"},
		{"IPv4 after a host", "media.host.example/203.0.113.7:443", "media.host.example/[IP]:443"},
		{"IPv4 in JSON", `{"ip":"203.0.113.7"}`, `{"ip":"[IP]"}`},
		{"IPv4 after a line break", `x\n203.0.113.7\n`, `x\n[IP]\n`},
		{"IPv4 in a query", "?ip=203.0.113.7&u=%22203.0.113.7%22", "?ip=[IP]&u=%22[IP]%22"},
		{"IPv4 at the end", "from 203.0.113.7.", "from [IP]."},
		{"IPv4 as a name", "logs/203.0.113.7.log, 203.0.113.7.host.example", "logs/[IP].log, [IP].host.example"},
		{"e-mail as a name", "logs/bob@host.example.log", "logs/[e-mail]"},
		{"IPv4 beside letters", "连接203.0.113.77失败 client_203.0.113.77 host-203.0.113.77 -203.0.113.77 203.0.113.77x ip203.0.113.77 a.203.0.113.77", "连接[IP]失败 client_[IP] host-[IP] -[IP] [IP]x ip[IP] a.[IP]"},
		{"IPv4 in a name", "d_203.0.113.77.log d_203.0.113.77_1.log", "d_[IP].log d_[IP]_1.log"},
		{"IPv4 after a word that ends like version", "server 203.0.113.7 driver=10.1.2.3 radios 10.1.2.3", "server [IP] driver=[IP] radios [IP]"},
		{"IPv4 after a product", "OpenTok: 203.0.113.7, SDK 203.0.113.7", "OpenTok: [IP], SDK [IP]"},
		{"range", "192.168.1.1-192.168.1.9", "[IP]-[IP]"},
		{"IPv6", "from 2001:db8:85a3::8a2e:370:7334 to", "from [IP] to"},
		{"IPv6 in full", "2001:0db8:85a3:0000:0000:8a2e:0370:7334,", "[IP],"},
		{"IPv6 with a port", "[2001:db8::1]:443", "[[IP]]:443"},
		{"IPv6 before a colon", "2001:db8::1: timeout", "[IP]: timeout"},
		{"IPv6 with a zone", "fe80::1%eth0 up", "[IP] up"},
		{"IPv6 with an encoded zone", "http://[fe80::1%25eth0]/", "http://[[IP]]/"},
		{"IPv6 in a query", "?ip=2001%3Adb8%3A%3A1&x", "?ip=[IP]&x"},
		{"mapped", "::ffff:203.0.113.7 up", "[IP] up"},
		{"private IPv6", "fd12:3456:789a::1 up", "[IP] up"},
		{"candidate", "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 192.168.1.5 rport 46154", "candidate:842163049 1 udp 1677729535 [IP] 46154 typ srflx raddr [IP] rport 46154"},
		{"connection of a session description", `c=IN IP4 203.0.113.7\r\nc=IN IP6 2001:db8::1\r\n`, `c=IN IP4 [IP]\r\nc=IN IP6 [IP]\r\n`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Text(test.text); got != test.want {
				t.Errorf("%s\ngot  %s\nwant %s", test.text, got, test.want)
			}
			if got := once(test.text); got != test.want {
				t.Errorf("%s\nonce %s\nwant %s", test.text, got, test.want)
			}
		})
	}
}

func TestTextWithoutSecretsStays(t *testing.T) {
	for _, text := range []string{
		"",
		"OT_AUTHENTICATION_ERROR: Token expired (1004)",
		"OT_AUTHENTICATION_ERROR: Invalid token format (1004)",
		"Invalid token format Token: null (1004)",
		"Invalid encryptionSecret: secret must have at least 8 characters",
		"OT_INVALID_ENCRYPTION_SECRET: 1006",
		"This token does not allow forceUnpublish. The role must be at least `moderator`",
		"The API key does not match the token or session. (1004)",
		`Unexpected token '<', "<html><bod"... is not valid JSON`,
		"SyntaxError: Unexpected token: punctuation",
		"password: required", "password: required.", "Password: must not be empty", "token: the token is expired",
		"signature: verification failed", "Cookie: blocked (SameSite) token: missing",
		`{"token":null,"password":"","hasToken":true,"withCredentials":false}`,
		`{tokenExpired: true, token: undefined, tokenType: 'x', token_count: 12}`,
		"token=null&id=4", "token=(null) id", "token= next=1", "credentials: 'include'",
		`{"message":"Invalid token:","code":1004}`, `msg="no token:" code=1004`, `{\"m\":\"token:\",\"code\":1}`,
		"Invalid token: OT_AUTHENTICATION_ERROR (1004)", "cookie: SyntaxError: x", "authorization: 401 Unauthorized",
		`Missing fields: "token", "sessionId"`, "<token/> <token>", `"name":"token","type":"text"`,
		"tokens: 12", "secrets: a", "cookies: []", "cookieConsent=yes", "signatures=4",
		`{"token":{"id":1}}`, "token: [object Object]", "set-cookie: [Array]",
		"sessionId: 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5, apiKey: 45012345, partnerId=45012345",
		"token 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5", "token 3b241101-e2bb-4255-8caf-4136c566a962",
		"connectionId=3b241101-e2bb-4255-8caf-4136c566a962 streamId: 3b241101-e2bb-4255-8caf-4136c566a962",
		"OpenTok:Session:error OT_TIMEOUT +12ms", "OpenTok:Token:debug set +1ms",
		"https://unpkg.com/@opentok/client@2.35.2/dist/js/opentok.js:36031:55",
		"http://localhost:5173/@vite/client", "http://[::1]:80/@vite", "https://x/?a=b@c",
		// Versions, times, IDs and names are no addresses.
		"SDK 2.27.4.1", "version 1.2.3.4", `"clientVersion":"2.27.4.1"`, "v1.2.3.4", "opentok-client-1.2.3.4.min.js", "1.2.3.4-beta.1",
		"Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "HeadlessChrome/120.0.6099.109",
		"jQuery 3.6.0.1", "Kernel 5.15.0.91", "kotlin 1.9.0.1", "iOS 17.1.2.3", "v17.2.3.4", "app_v17.2.3.4", "client_2.27.4.1", "10.2.3.4-beta.1", "Chrome/142.0.1.2", "chrome-142.0.1.2",
		"lodash@4.17.21.tgz", "git@github.com:otlog/otlog.git",
		"1.3.6.1.4.1.9", "256.1.2.3", "01.2.3.4", "127.0.0.1:8080", "0.0.0.0", "localhost", "::1", "::",
		"10:11:12", "2026-11-27T10:11:12.345Z", "00:1B:44:11:3A:B7", "00:11:22:33:44:55:66:77", "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89",
		"Session.connect :: 1500", "Session.publish :: OT_TIMEOUT", "std::vec::Vec", "face::cafe1", "add::a1", "a::b", "dead::beef::cafe", "Foo::2", "1::2",
		"media-203-0-113-7.host.example", "3b241101e2bb4255.local", "@opentok/client@2.35.2", "react@18.2.0", "icon@2x.png", "connect@app.js:1:2", "connect@app.min.js:1:2", "react@18.2.0.tgz1", "connect@https://host/app.js:1:2",
		"com.app.Session@1a2b3c", "user@host", "@Component", "a @ b.example", "@.example", "name@.example",
		`data: {name: 1}`, `{"data":"x"}`, "data=abc", "connection: closed data=1",
		"Basic authentication is not supported", "Bearer token missing", "eyJ is base64", "data eyJzZXNzaW9uIjoiMSJ9 end",
		"T1 == T2", "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
		"pwd=/srv/app", "missing <token> in the request", "jwt", "token", "token:", `"token":"`, "token=",
	} {
		if got := Text(text); got != text {
			t.Errorf("%s\ngot %s", text, got)
		}
	}
}
