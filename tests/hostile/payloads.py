"""What is put into requests: texts that mean something somewhere, bytes that are no text, headers that matter.

Knows nothing of requests. The mark stands in most of it, so that the judge can find it again.
"""

MARK = "zq7x"
_SET = "zzz"

# Texts that mean something somewhere: in HTML, headers, templates, SQL, paths, other alphabets.
SAID = [
    MARK,
    f"<{MARK}>",
    f"</textarea></title></option><{MARK} a=1>",
    f'"><{MARK} onload={MARK}>',
    f"' {MARK}='x' autofocus onfocus='{MARK}",
    f"<script>{MARK}</script>",
    f"<!--{MARK}--><![CDATA[{MARK}]]>",
    f"javascript:{MARK}//",
    f"data:text/html,<{MARK}>",
    f"{{{{ 7 * 7 }}}}{MARK}",
    f"{{% raw %}}{MARK}",
    f"${{7*7}}{MARK}#{{7*7}}",
    f"%s%n%d{{0}}{{0.__class__}}{MARK}",
    f"{MARK}\r\nx-{MARK}: 1\r\n\r\n<{MARK}>",
    f"{MARK}\nset-cookie: {MARK}=1",
    f"' OR 1=1 --{MARK}",
    f'"; DROP TABLE entry; --{MARK}',
    f"../../../../etc/passwd{MARK}",
    f"..%2f..%2f{MARK}",
    f"//evil.example/{MARK}",
    f"https://evil.example/{MARK}",
    f"\\\\evil.example\\{MARK}",
    f"\x00{MARK}\x07\x1b[31m",
    f"\u202e{MARK}\u2028\u2029\ufeff\ufffe",
    f"\uff1c{MARK}\uff1e\u00bc{MARK}\u00be",
    f"\u0130\u0131\u017f\u1e9e{MARK}\ufb03",
    f"e\u0301\u0327{MARK}" + "\u0300" * 500,
    f"\U0001f9e0{MARK}\U0010ffff",
    f"&lt;{MARK}&#60;{MARK}&#x3c;{MARK}",
    f"{MARK} " * 3000,
    "x" * 100_000,
    "a" * 2001,
    "",
    " ",
    "\t",
]
# Numbers, dates and words that are nearly right, or too much so.
SAID += [
    *("\u0663\u0664", "\u00b2", "\u2460", "\u096a\u096b", "0", "-1", "1", "00000000001", "2147483648"),
    *("9223372036854775808", "1e308", "1_000", "+1", " 1", "0x10", "NaN", "Infinity", "-0", "1.5", "true"),
    *("None", "null", "undefined", "[]", "{}", "2026-02-30", "0001-01-01T00:00:00+23:59", "9999999999999"),
    *("-99999999999", "9999-12-31T23:59:59-23:59", "10000-01-01", "given", "unsure", "not_asked", "patient"),
    *("manager", "overview", "NCT01234567"),
]
SAID += ["9" * 400, "9" * 5000]

BYTES = [
    *(b"\xff\xfe", b"\xc0\xbc" + MARK.encode(), b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xe2\x82", b"\xb2"),
    *(b"\x1b$B", b"+ADw-" + MARK.encode() + b"+AD4-", b"\x00", b"\xf0\x9f"),
    *b"%|%%|%u0041|%zz|%0d%0ax-zq7x:1|%00|%c0%bc|%ed%a0%80|%ff|&&&===|;|&|=|+|#".split(b"|"),
]

METHODS = b"GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT PROPFIND post Get PRI QUERY LOCK M-SEARCH zq7x".split()

FORM = b"application/x-www-form-urlencoded"
PARTS = b"multipart/form-data; boundary=" + _SET.encode()
KINDS = [
    *(b"", FORM, b"application/json", b"text/plain", b"text/html", b"application/xml", b"*/*", b";", FORM + b"x"),
    *(b"multipart/form-data", b"multipart/form-data; boundary=", b"multipart/mixed; boundary=zzz", PARTS),
    *(b"multipart/form-data; boundary=" + b"z" * 3000, b'multipart/form-data; boundary="z\r\n z"'),
    *(
        PARTS + b"; charset=" + one
        for one in (b"unicode_escape", b"undefined", b"zlib_codec", b"utf-7", b"zq7x", b"\xff")
    ),
    *(FORM + b"; charset=" + one for one in (b"utf-16", b"utf-7", b"\xff")),
]

_PLAIN = b"""
range: bytes=0-0
range: bytes=-1,5-2,9999999-
range: bytes=0-99,200-299
range: lines=1-2
if-range: "x"
if-range: Wed, 21 Oct 2015 07:28:00 GMT
if-none-match: *
if-match: "x"
if-modified-since: Wed, 21 Oct 2015 07:28:00 GMT
if-modified-since: Wed, 21 Oct 99999 07:28:00 GMT
if-modified-since: yesterday
accept: application/json
accept-encoding: gzip;q=nan, *
expect: 100-continue
upgrade: websocket
connection: upgrade
te: trailers
transfer-encoding: chunked
content-encoding: gzip
content-length: -1
content-length: 0
content-length: 1e3
content-length: 99999999999999999999
hx-request: true
hx-boosted: true
hx-target: main
hx-history-restore-request: true
hx-current-url: https://evil.example/zq7x
hx-prompt: <zq7x>
hx-trigger: <zq7x>
origin: https://evil.example
origin: null
origin: http://[::1
origin: http://127.0.0.1:8000
sec-fetch-site: cross-site
sec-fetch-site: none
referer: https://evil.example/?zq7x
user-agent: <zq7x>
authorization: Bearer zq7x
host: evil.example
host: [::1
host: zq7x"><zq7x>
host: a:b:c
host: user@zq7x
x-forwarded-host: evil.example
x-forwarded-proto: zq7x
x-forwarded-for: <zq7x>
x-forwarded-for: 203.0.113.9, 1.1.1.1
forwarded: for=zq7x;host=zq7x
x-original-url: /zq7x
x-rewrite-url: /zq7x
x-http-method-override: DELETE
cookie: which-cells-zq7x=00000000000000000000000000000000
cookie: which-cells-000000000000000000=00000000000000000000000000000000
cookie: which-cells.new-zq7x=1.00000000000000000000000000000000
cookie: __Host-which-cells-zq7x=00000000000000000000000000000000
"""
HEADERS = [(name, value) for name, _, value in (line.partition(b": ") for line in _PLAIN.strip().split(b"\n"))]
HEADERS += [
    (b"range", b"bytes=0-" + b",0-" * 300),
    (b"range", b"bytes=" + b"9" * 5000 + b"-"),
    (b"if-unmodified-since", b"\xb2"),
    (b"accept-language", b"x" * 5000),
    (b"content-length", b"\xb2"),
    (b"origin", b""),
    (b"origin", b"http://\xff"),
    (b"sec-fetch-site", b"\xff"),
    (b"host", b""),
    (b"host", b"\xff:99999"),
    (b"cookie", b'which-cells-\xe9 "(,=' + b"0" * 32),
    (b"cookie", b'which-cells.new-"\xe9 ,;=1.' + b"0" * 32),
    (b"cookie", b"which-cells-;;==;=" + b"=" * 50),
    (b"cookie", b"\xff\x00=\xff"),
    (b"cookie", b"; ".join(b"a%d=b" % n for n in range(500))),
    (b"cookie", b"; ".join(b"which-cells-%018x=%032d" % (n, n) for n in range(60))),
]

# What forms and addresses have, here or anywhere.
FIELDS = (
    b"choice text line note asker seen had only more name role shows link month day year country row.cost file".split()
)
QUERY = b"more until after fresh offer paper large moved went group phase status".split()

# JSON that no program would write, and values that may stand in it.
JSON = (b"[" * 50_000, b'{"a":' * 20_000, b'{"a":1,"a":2}', b"NaN", b"1" * 5000, b'"\\ud800"')
VALUES = [
    *(None, True, 0, -1, 10**400, 1e308, float("nan"), "", [], {}, [[[[]]]]),
    *({"answer": []}, "\ud800", [None], ["a"] * 99),
]
