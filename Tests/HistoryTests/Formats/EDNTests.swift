import History
import Testing

@Suite("Jepsen's EDN")
struct EDNTests {
    private let pair = "{:type :invoke, :f :write, :value 1, :process 0}\n{:type :ok, :f :write, :value 1, :process 0}"

    @Test("Tags, comments, discarded forms and fields that are no business of a register are stepped over")
    func otherForms() {
        let reading = Reading(
            #"""
            ; a comment with [ and "
            #jepsen.history.Op{:index 0, :time 10, :type :invoke, :process 4, :f :write, :value #a.Tuple [:a 1]}
            #_ {:ignored [1 2 #_ 3]}
            {:index 1 :time 20 :type :ok :process 4 :f :write :value [:a 1] "string" {:n #{1 \} \space "]"}} s (a)
             :error [:timeout "a \" quote"] :at #inst "2020-01-01", :ratio 1/2, :float 1.5e3, :big 12N, :nan ##NaN}
            """#)
        #expect(reading.errors == [])
        #expect(reading.operations == [Operation(id: 1, kind: .write, worker: 4, key: 0, value: 1, start: 10, end: 20)])
        #expect(reading.keys == [":a"])
        #expect(reading.counts.lines == 5)
    }

    @Test("How an operation ended decides about its outcome and its end")
    func endings() {
        let reading = Reading(
            """
            [{:type :invoke, :f :write, :value 1, :process 0, :index 0}
             {:type :info, :f :write, :value 1, :process 0, :index 1}
             {:type :invoke, :f :read, :value nil, :process 1, :index 2}
             {:type :invoke, :f :write, :value 2, :process 2, :index 3}
             {:type :fail, :f :write, :value 2, :process 2, :index 4}
             {:type :info, :f :read, :value nil, :process 1, :index 5}
             {:type :invoke, :f :read, :value nil, :process 3, :index 6}
             {:type :ok, :f :read, :value nil, :process 3, :index 7}
             {:type :invoke, :f :write, :value 2, :process 4, :index 8}
             {:type :invoke, :f :read, :value nil, :process 5, :index 9}]
            """)
        let never = Operation.never
        #expect(reading.errors == [])
        #expect(
            reading.operations.sorted { $0.id < $1.id } == [
                Operation(id: 1, kind: .write, worker: 0, key: 0, value: 1, outcome: .unknown, start: 0, end: never),
                Operation(id: 2, kind: .read, worker: 1, key: 0, outcome: .unknown, start: 2, end: never),
                Operation(id: 3, kind: .write, worker: 2, key: 0, value: 2, outcome: .failed, start: 3, end: 4),
                Operation(id: 4, kind: .read, worker: 3, key: 0, outcome: .unknown, start: 6, end: 7),
                Operation(id: 5, kind: .write, worker: 4, key: 0, value: 2, outcome: .unknown, start: 8, end: never),
                Operation(id: 6, kind: .read, worker: 5, key: 0, outcome: .unknown, start: 9, end: never),
            ])
        #expect(reading.keys == ["register"])
    }

    @Test("Without time and index the order of the events is their time")
    func order() {
        let reading = Reading(pair)
        #expect(reading.operations == [Operation(id: 1, kind: .write, worker: 0, key: 0, value: 1, start: 1, end: 2)])
    }

    @Test("Columns are counted in Unicode scalars, also of what stood before in the line")
    func columns() {
        let reading = Reading(#"{:type :info :process :nemesis :x "日本語"} {:f :read, :process 1}"#)
        #expect(reading.errors.map(\.column) == [42])
    }

    @Test("What the nemesis did is counted")
    func nemesis() {
        let reading = Reading(
            "{:type :info, :f :kill, :process :nemesis, :value [\"n1\" 5]}\n" + pair
                + "{:type :info, :process :nemesis}")
        #expect(reading.errors == [])
        #expect(reading.counts.nemesisEvents == 2)
        #expect(reading.counts.operations == 1)
        #expect(reading.keys == ["register"])
        #expect(reading.counts.summary == "1 operations in 3 lines; 2 nemesis operations are no reads or writes")
    }

    @Test(
        "Keys are numbers, words and strings",
        arguments: [
            ("5", "5"), (":a/b", ":a/b"), ("sym", "sym"), ("\"user 7\"", "user 7"), (#""a\"\u00e9\n""#, "a\"é\n"),
        ])
    func keys(written: String, name: String) {
        let reading = Reading(
            "{:type :invoke, :f :read, :value [\(written) nil], :process 0}{:type :ok, :f :read, :value [\(written) "
                + "0], :process 0}"
        )
        #expect(reading.errors == [])
        #expect(reading.keys == [name])
        #expect(reading.operations.map(\.key) == [0])
    }

    @Test(
        "Errors are told with their place, and the next event is read",
        arguments: [
            (
                "{:type :invoke, :f :enqueue, :value 1, :process 1}",
                """
                3:20: error: :f: found :enqueue; expected :read, :write or :cas; the model is a register \
                without other 
                """
                    + "operations"
            ),
            (
                "{:type :invoke, :f :cas, :value 5, :process 1}",
                """
                3:33: error: :value: found 5; expected a vector [expected new] of whole numbers of 64 bits, \
                the first of 
                """
                    + "which may be nil"
            ),
            (
                "{:type :invoke, :f :raed, :process 1}",
                "3:20: error: :f: found \":raed\"; expected one of :read, :write, :cas; did you mean :read?"
            ),
            (
                "{:type :invokes, :f :read, :process 1}",
                "3:8: error: :type: found \":invokes\"; expected one of :invoke, :ok, :fail, :info; did you mean "
                    + ":invoke?"
            ),
            (
                "{:type :ok, :f :read, :process 1}",
                "3:1: error: :type: found :ok of process 1, which invoked nothing; expected an :invoke of that "
                    + "process before it"
            ),
            (
                "{:type :invoke, :f :read, :process \"a\"}",
                "3:36: error: :process: found a string, \"a\"; expected a whole number from 0 to 2147483647, or "
                    + ":nemesis"
            ),
            ("{:type :invoke, :f :read}", "3:1: error: :process: found an event without it; expected :process"),
            ("{:f :read, :process 1}", "3:1: error: :type: found an event without it; expected :type"),
            (
                "{:type :invoke, :f :write, :value \"v\", :process 1}",
                "3:35: error: :value: found a string, \"v\"; expected a whole number of 64 bits, nil, or a tuple [key "
                    + "value] of a "
                    + "key and one of these"
            ),
            (
                "{:type :invoke, :f :write, :process 1}",
                "3:1: error: :value: found nothing; expected a whole number of 64 bits, or nil"
            ),
            (
                "{:type :invoke, :f :read, :time 5, :process 1}",
                "3:1: error: order: found a moment; expected the same as in the first event: all have :time, or all "
                    + ":index, or none "
                    + "has any"
            ),
        ])
    func mistakes(event: String, message: String) {
        let next = "{:type :invoke, :f :read, :process 9}{:type :ok, :f :read, :value 1, :process 9}"
        let reading = Reading(pair + "\n" + event + "\n" + next)
        #expect(reading.errors.map(\.description) == ["h:" + message])
        #expect(reading.operations.count == 2)
    }

    @Test(
        "An end must fit to its invocation",
        arguments: [
            (
                ":f :read, :value [:k 1], :time 9",
                "2:18: error: :f: found :read; expected :write, which process 0 invoked in line 1"
            ),
            (
                ":f :write, :value [:k 2], :time 9",
                "2:33: error: :value: found 2; expected 1, which was to be written in line 1"
            ),
            (
                ":f :write, :value [:l 1], :time 9",
                "2:33: error: :value: found key :l; expected :k, the key of the invocation in line 1"
            ),
            (
                ":f :write, :value [:k 1], :time 4",
                "2:47: error: :time: found 4; expected at least 5, the moment of the invocation in line 1"
            ),
            (
                ":f :write, :value [:k 1]",
                "2:1: error: :time: found an event without it; expected the same as in the first event: all have "
                    + ":time, or all "
                    + ":index, or none has any"
            ),
        ])
    func endsThatDoNotFit(fields: String, message: String) {
        let reading = Reading(
            "{:type :invoke, :f :write, :value [:k 1], :time 5, :process 0}\n{:type   :ok, \(fields), :process 0}")
        #expect(reading.errors.map(\.description) == ["h:" + message])
    }

    @Test(
        "Invalid UTF-8 is found wherever it is: in a field, in a comment, in a discarded form",
        arguments: [("{:type :info :process :nemesis :x \"", "\"}"), ("; ", ""), ("#_ \"", "\" ; ")])
    func invalidUTF8(before: String, after: String) {
        let text = Array("\(pair)\n\(before)".utf8) + [0xC3] + Array(after.utf8)
        #expect(
            Reading(bytes: text).errors.map(\.description) == [
                "h:3:1: error: found bytes that are not UTF-8; expected UTF-8"
            ])
    }

    @Test("A tag begins with a letter, also where it is stepped over", arguments: ["#1 2", "#.5 2", "#^ 2", "#|t 2"])
    func tagWithoutName(form: String) {
        for text in ["{:type :info :process :nemesis :x \(form)}", "{:type :info :process :nemesis :value \(form)}"] {
            #expect(Reading(text, format: .edn).errors.count == 1, "\(text)")
        }
    }

    @Test("A map with a namespace is stepped over, and is no event")
    func namespaces() {
        let reading = Reading(pair.replacing(":process 0", with: ":process 0, :error #:db{:code 1}"))
        #expect(reading.errors == [])
        #expect(reading.operations.count == 1)
        #expect(
            Reading("#:op{:type :invoke, :f :read, :process 0}", format: .edn).errors.map(\.description) == [
                "h:1:1: error: found \"#\"; expected a map, {:type …}"
            ])
    }

    @Test("A key is a number, word or string: nil, true and false are none", arguments: ["nil", "true", "false"])
    func noKeys(key: String) {
        for (function, value) in [(":write", "1"), (":cas", "[1 2]")] {
            let reading = Reading("{:type :invoke, :f \(function), :value [\(key) \(value)], :process 0}")
            #expect(
                reading.errors.first?.description.hasSuffix(
                    "found the key \(key); expected a number, word or string") == true,
                "\(function): \(reading.errors)")
        }
    }

    @Test("A process does one thing at a time")
    func twoOpen() {
        let reading = Reading(
            "{:type :invoke, :f :read, :process 3}\n{:type :invoke, :f :read, :process 3}\n{:type :ok, :f :read, "
                + ":process 3}"
        )
        #expect(
            reading.errors.map(\.description) == [
                "h:2:1: error: :process: found an invocation of process 3, whose invocation of line 1 has not ended; "
                    + "expected one "
                    + "at a time of each process"
            ])
    }

    @Test("Any value may be written, also 0, nil, and the same one again")
    func anyValue() {
        let reading = Reading(pair + "\n" + pair + "\n" + pair.replacing("1", with: "0"))
        #expect(reading.errors == [])
        #expect(reading.operations.map(\.value) == [1, 1, 0])
        let nothing = Reading(pair.replacing("1", with: "nil"))
        #expect(nothing.errors == [])
        #expect(nothing.operations == [Operation(id: 1, kind: .delete, worker: 0, key: 0, start: 1, end: 2)])
    }

    @Test("A read of nil says nothing, so it is not judged; a read of 0 is one")
    func readsOfNil() {
        let read = "{:type :invoke, :f :read, :process 7}{:type :ok, :f :read, :value nil, :process 7}"
        let reading = Reading(
            read
                + read.replacing("nil", with: "[:k nil]").replacing(
                    ":f :read, :p", with: ":f :read, :value [:k nil], :p")
                + read.replacing("nil", with: "0"))
        #expect(reading.errors == [])
        #expect(reading.operations.map(\.outcome) == [.unknown, .unknown, .ok])
        #expect(reading.operations.map(\.end) == [2, 4, 6])
    }

    @Test(
        "A compare-and-set is spelled as a keyword, a symbol or a string, with or without a key",
        arguments: [
            (":cas", "[1 2]", "register"), ("cas", "[1 2]", "register"), ("\"cas\"", "[1 2]", "register"),
            (":cas", "[:k [1 2]]", ":k"), (":cas", "#t [\"k\" #t [1 2]]", "k"),
        ])
    func compareAndSet(function: String, value: String, key: String) {
        let reading = Reading(
            "{:type :invoke, :f \(function), :value \(value), :process 0}\n"
                + "{:type :ok, :f \(function), :value \(value), :process 0}")
        #expect(reading.errors == [])
        #expect(reading.keys == [key])
        #expect(
            reading.operations == [
                Operation(id: 1, kind: .compareAndSet, worker: 0, key: 0, value: 2, start: 1, end: 2, cause: 1)
            ])
        #expect(reading.operations.map(\.expected) == [1])
    }

    @Test("How a compare-and-set ended decides about its outcome; why it failed is not known")
    func endsOfCompareAndSets() {
        func ended(_ end: String, _ value: String = "[nil 2]") -> Operation? {
            let reading = Reading(
                """
                {:type :invoke, :f :cas, :value [nil 2], :process 0}{:type \(end), :f :cas, :value \
                \(value), :process 0}
                """)
            #expect(reading.errors == [])
            return reading.operations.first
        }
        var expected = Operation(
            id: 1, kind: .compareAndSet, worker: 0, key: 0, value: 2, start: 1, end: 2, isAbsent: true)
        #expect(ended(":ok") == expected)
        expected.outcome = .failed
        #expect(ended(":fail") == expected)
        #expect(ended(":fail", ":precondition-failed") == expected)
        expected.outcome = .unknown
        expected.end = Operation.never
        #expect(ended(":info", ":timed-out") == expected)
    }

    @Test(
        "An operation with an error is told once, not once more when it ends",
        arguments: [
            "{:type :invoke, :f :pop, :value 1, :process 5}",
            "{:type :invoke, :f :write, :value \"v\", :process 5}",
            "{:type :invoke, :f :cas, :value [1 2 3], :process 5}",
            "{:type :invokes, :f :read, :process 5}",
            "{:type :invoke, :process 5}",
        ])
    func oneMistake(invocation: String) {
        for end in [":ok", ":fail", ":info"] {
            let reading = Reading("\(invocation)\n{:type \(end), :f :read, :value 1, :process 5}\n\(pair)")
            #expect(reading.errors.map(\.line) == [1], "\(end)")
            #expect(reading.operations.count == 1, "\(end): what comes after it is read")
        }
        // The end of what came after is told, as nothing was invoked.
        let reading = Reading(invocation + String(repeating: "\n{:type :ok, :f :read, :value 1, :process 5}", count: 2))
        #expect(reading.errors.map(\.line) == [1, 3])
    }

    @Test("An end with an error leaves nothing behind: the process may go on")
    func mistakeInAnEnd() {
        let reading = Reading(
            """
            {:type :invoke, :f :read, :process 5}
            {:type :ok, :f :read, :value "x", :process 5}
            {:type :invoke, :f :read, :process 5}
            {:type :ok, :f :read, :value 3, :process 5}
            """)
        #expect(reading.errors.map(\.line) == [2])
        #expect(reading.operations.map(\.value) == [3])
    }

    @Test(
        "Nothing is read after an error in the grammar, as nobody can tell where the next event begins",
        arguments: [
            ("[\(0)]", "1:2: error: found \"0\"; expected a map, {:type …}"),
            ("[{:type :invoke}", "1:17: error: found the end of the file; expected the rest of what began"),
            ("{:type :invoke", "1:15: error: found the end of the file; expected the rest of what began"),
            ("{:type \"inv", "1:12: error: found the end of the file; expected the rest of what began"),
            (
                "{:type :info :process :nemesis}\n{:type}",
                "2:7: error: found \"}\"; expected a value for the key before it"
            ),
            ("{:type :info :process :nemesis :type :ok}", "1:32: error: found \":type\"; expected each field once"),
            (
                "[{:type :info :process :nemesis}] x",
                "1:35: error: found \"x\"; expected nothing after the end of the history"
            ),
            (
                "{:type :info :process :nemesis :x " + String(repeating: "[", count: 300) + "}",
                "1:234: error: found \"[\"; expected at most 200 collections, tags and discarded forms in each other"
            ),
        ])
    func grammar(text: String, message: String) {
        let reading = Reading(text, format: .edn)
        #expect(reading.errors.filter(\.isFinal).map(\.description) == ["h:" + message])
    }
}
