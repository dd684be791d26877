import Testing

@testable import AdapterProtocol

@Suite("Lines of an adapter")
struct AdapterLineTests {
    private func line(_ text: String) throws(AdapterError.Reason) -> AdapterLine { try AdapterLine(Array(text.utf8)) }

    private func answer(_ text: String) throws -> AdapterAnswer {
        guard case .answer(let answer) = try line(text) else {
            throw AdapterError.Reason.notUnderstood("\(text) is no answer")
        }
        return answer
    }

    @Test("An answer to a read has a value, nothing, or a miss, and these are three things")
    func read() throws {
        let value = try answer(#"{"id":9,"t0":5,"t1":7,"ok":{"value":"x","layer":"L1"}}"#)
        #expect(value.id == 9)
        #expect(value.interval == 5...7)
        #expect(value.outcome == .ok(AdapterResult(value: .value("x"), layer: "L1")))
        #expect(try answer(#"{"id":9,"ok":{"value":null}}"#).outcome == .ok(AdapterResult(value: .nothing)))
        #expect(try answer(#"{"id":9,"ok":{"miss":true}}"#).outcome == .ok(AdapterResult(value: .miss)))
        #expect(try answer(#"{"id":9,"ok":{}}"#).outcome == .ok(AdapterResult()))
        #expect(try answer(#"{"id":9,"ok":{}}"#).interval == nil)
    }

    @Test("An answer to a read of several keys has a text, null, or what a read has, for each")
    func readMany() throws {
        let answer = try answer(
            #"{"id":9,"ok":{"values":["x",null,{"value":"y","layer":"L1"},{"value":null},{"miss":true}]}}"#)
        guard case .ok(let result) = answer.outcome else { throw AdapterError.Reason.notUnderstood("no success") }
        #expect(result.findings?.map(\.found) == [.value("x"), .nothing, .value("y"), .nothing, .miss])
        #expect(result.findings?.map(\.layer) == [nil, nil, "L1", nil, nil])
    }

    @Test("An answer may also have failed, be unknown or be unsupported")
    func otherOutcomes() throws {
        #expect(try answer(#"{"id":1,"failed":"no"}"#).outcome == .failed("no"))
        #expect(try answer(#"{"id":1,"unknown":"perhaps"}"#).outcome == .unknown("perhaps"))
        #expect(try answer(#"{"id":1,"unsupported":"tags"}"#).outcome == .unsupported("tags"))
    }

    @Test("A question is a load or a commit, and a commit of null is a deletion")
    func questions() throws {
        #expect(
            try line(#"{"ask":7,"op":"load","key":"k","worker":3}"#)
                == .ask(AdapterAsk(number: 7, question: .load, key: "k", worker: 3)))
        #expect(
            try line(#"{"ask":8,"op":"commit","key":"k","value":"v"}"#)
                == .ask(AdapterAsk(number: 8, question: .commit("v"), key: "k", worker: nil)))
        #expect(
            try line(#"{"ask":8,"op":"commit","key":"k","value":null}"#)
                == .ask(AdapterAsk(number: 8, question: .commit(nil), key: "k", worker: nil)))
        #expect(try line(#"{"log":"warn","text":"slow"}"#) == .log(level: "warn", text: "slow"))
    }

    @Test("The first answer describes the cache, and words that nobody knows are kept apart")
    func description() throws {
        let answer = try answer(
            #"{"id":1,"ok":{"name":"c","version":"7","operations":["read","write","fly"],"#
                + #""layers":["L1"],"promises":"announced","grace":200}}"#
        )
        guard case .ok(let result) = answer.outcome else { throw AdapterError.Reason.notUnderstood("no success") }
        let description = try #require(result.description)
        #expect(description.name == "c")
        #expect(description.version == "7")
        #expect(description.operations == [.read, .write])
        #expect(description.unknownOperations == ["fly"])
        #expect(description.layers == ["L1"])
        #expect(description.promise == "announced")
        #expect(description.grace == 200)
        #expect(description.protocolVersion == 1)
    }

    @Test("Wrong words of a description are told with the nearest right one")
    func wrongWords() throws {
        func wrong(_ fields: String) throws -> String? {
            let answer = try answer(#"{"id":1,"ok":{"name":"c","operations":["read"]"# + fields + "}}")
            guard case .ok(let result) = answer.outcome else { return nil }
            return try #require(result.description).wrongWord.map { "\($0.text). \($0.advice)" }
        }
        let promise = try #require(try wrong(#","promises":"acknowleged""#))
        #expect(promise.hasPrefix(#""promises" is "acknowleged". A cache promises one of acknow"#), "\(promise)")
        #expect(promise.hasSuffix(#"Did you mean "acknowledged"?"#), "\(promise)")
        let layer = try #require(try wrong(#","layers":["L2","Redis"]"#))
        #expect(layer.contains(#""layers" has "Redis", which is no layer"#), "\(layer)")
        #expect(layer.hasSuffix(#"Did you mean "redis"?"#), "\(layer)")
        #expect(try wrong(#","promises":"session","layers":["L1","L2","L3","redis"],"grace":0"#) == nil)
    }

    @Test(
        "A line that is not understood says what was found and what was expected",
        arguments: [
            ("hello", "it is not JSON"),
            ("[1]", "it is no object"),
            ("{}", #"it has none of "id" (an answer), "ask" (a question) and "log""#),
            (#"{"id":"1","ok":{}}"#, #""id" is not a whole number"#),
            (#"{"id":1.5,"ok":{}}"#, "a number in it is not whole"),
            (#"{"id":99999999999999999999,"ok":{}}"#, "has more than 64 bits"),
            (#"{"id":1}"#, #"this one has none"#),
            (#"{"id":1,"ok":{},"failed":"x"}"#, #"this one has 2"#),
            (#"{"id":1,"ok":{"value":5}}"#, #""ok.value" is not a string"#),
            (#"{"id":1,"ok":{"values":[5]}}"#, "is not a string"),
            (#"{"id":1,"ok":{"values":[{}]}}"#, "is missing"),
            (#"{"id":1,"ok":{"miss":"yes"}}"#, #""ok.miss" is not true or false"#),
            (#"{"id":1,"ok":{"entries":{"k":1}}}"#, #""ok.entries.k" is not a string"#),
            (#"{"id":1,"ok":{"name":"c"}}"#, #""ok.operations" is missing"#),
            (#"{"id":1,"ok":{},"t0":5}"#, #"both "t0" and "t1", or neither"#),
            (#"{"id":1,"ok":{},"t0":5,"t1":4}"#, #""t0" (5) is later than "t1" (4)"#),
            (#"{"ask":1,"op":"load"}"#, #"a question has a "key""#),
            (#"{"ask":1,"key":"k"}"#, #"a question has an "op""#),
            (#"{"ask":1,"key":"k","op":"save"}"#, #"not to "save""#),
            (#"{"ask":1,"key":"k","op":"commit"}"#, #"a commit has a "value": a text, or null to delete the key"#),
            (#"{"ask":1,"key":"k","op":"commit","value":5}"#, #""value" is not a string"#),
            (#"{"id":1,"ok":{"name":"c","operations":[],"grace":"5"}}"#, #""ok.grace" is not a number"#),
            (#"{"id":1,"ok":{"name":"c","operations":[],"grace":1e300}}"#, #"is 1e+300, and not a whole number"#),
            (#"{"id":1,"ok":{"name":"c","operations":[],"grace":60001}}"#, "milliseconds from 0 to 60000"),
        ])
    func malformed(text: String, expected: String) throws {
        let error = #expect(throws: AdapterError.Reason.self) { _ = try line(text) }
        guard case .notUnderstood(let what) = error else {
            Issue.record("\(text) was refused as \(String(describing: error))")
            return
        }
        #expect(what.contains(expected), "\(text): \(what)")
    }
}

@Suite("Cutting output into lines")
struct LineSplitterTests {
    private func lines(_ portions: [String], longest: Int = 100) throws -> (lines: [String], rest: String) {
        var splitter = LineSplitter(longest: longest)
        var lines: [String] = []
        for portion in portions {
            try Array(portion.utf8).withUnsafeBytes { bytes in
                try splitter.take(bytes) { line, number in
                    lines.append(String(decoding: line, as: UTF8.self))
                    #expect(number == lines.count)
                }
            }
        }
        return (lines, String(decoding: splitter.unfinished, as: UTF8.self))
    }

    @Test("Lines are the same however the output is cut")
    func portions() throws {
        let text = "one\ntwo\r\n\nthree €\nfour"
        let whole = try lines([text])
        #expect(whole.lines == ["one", "two", "", "three €"])
        #expect(whole.rest == "four")
        let bytes = Array(text.utf8)
        for cut in bytes.indices {
            var splitter = LineSplitter(longest: 100)
            var found: [String] = []
            for part in [bytes[..<cut], bytes[cut...]] {
                try Array(part).withUnsafeBytes { bytes in
                    try splitter.take(bytes) { line, _ in found.append(String(decoding: line, as: UTF8.self)) }
                }
            }
            #expect(found == whole.lines, "cut at \(cut)")
        }
    }

    @Test(
        "A line of the longest length passes, and one byte more does not", arguments: [["12345\n"], ["12", "345\n"]])
    func bounds(portions: [String]) throws {
        #expect(try lines(portions, longest: 5).lines == ["12345"])
        #expect(throws: LineSplitter.TooLong.self) { _ = try lines(portions, longest: 4) }
    }
}
