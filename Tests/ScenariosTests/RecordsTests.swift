import Testing

@testable import Scenarios

@Suite("Records")
struct RecordsTests {
    // MARK: JSON

    static let texts = [
        "{}", "[]", " null ", "0", "-0.0e+10", #""""#, #""\ud800\u0000\/""#, "[[],{},[{}]]", #"{"a":1,"a":[2,{"":3}]}"#,
        String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
    ]

    @Test("JSON is taken as it is", arguments: texts)
    func valid(text: String) throws {
        #expect(try JSONDocument(Array(text.utf8)).bytes == Array(text.utf8))
    }

    static let malformed: [(text: String, offset: Int, expected: String)] = [
        ("", 0, "a value"), ("{", 1, "a name in quotation marks or }"), ("[1,]", 3, "a value"),
        ("[1 2]", 3, "a comma or ]"),
        (#"{"a" 1}"#, 5, "a colon"), (#"{"a":1,}"#, 7, "a name in quotation marks"), ("[1}", 2, "a comma or ]"),
        ("01", 1, "nothing after the value"), ("-", 1, "a digit"), ("1.", 2, "a digit"), ("nul", 0, "a value"),
        ("'a'", 0, "a value"), ("\"a", 2, "a closing quotation mark"),
        ("\"\n\"", 1, "an escape for a control character, such as \\n"),
        (#""\x""#, 1, #"an escape: \" \\ \/ \b \f \n \r \t or \u and four digits"#),
        (#""\u12g4""#, 1, #"an escape: \" \\ \/ \b \f \n \r \t or \u and four digits"#),
        (#""\"#, 1, #"an escape: \" \\ \/ \b \f \n \r \t or \u and four digits"#),
        (#""\u12"#, 1, #"an escape: \" \\ \/ \b \f \n \r \t or \u and four digits"#),
    ]

    @Test("An error in JSON has its place, and what was due there", arguments: malformed)
    func invalid(text: String, offset: Int, expected: String) {
        #expect(throws: JSONScanner.ParseError(offset: offset, expected: expected)) {
            try JSONDocument(Array(text.utf8))
        }
    }

    static let paths: [(offset: Int, path: String)] = [
        (0, "$"), (2, "$.a"), (5, "$.a"), (6, "$.a[0]"), (8, "$.a[1]"), (9, "$.a[1].b"), (13, "$.a[1].b"), (16, "$.a"),
        (17, "$.a"), (19, "$[\"c d\"]"), (23, "$[\"c d\"]"), (26, "$"), (1000, "$"),
    ]

    @Test("Every byte has a path", arguments: paths)
    func path(offset: Int, path: String) {
        //                      0    5    10   15   20   25
        let text = JSONDocument(unchecked: Array(#"{"a":[1,{"b":23}],"c d":4}"#.utf8))
        #expect(text.path(at: offset) == path)
    }

    @Test("The members of an object keep the text of their values")
    func members() {
        let text = JSONDocument(unchecked: Array(#"{"a": 1e0 ,"b":{"c":[1]},"d":"}","e":[]}"#.utf8))
        #expect(text.members.map(\.name) == ["a", "b", "d", "e"])
        #expect(
            text.members.map { String(decoding: $0.value, as: UTF8.self) } == [" 1e0", #"{"c":[1]}"#, #""}""#, "[]"])
        #expect(JSONDocument(unchecked: Array("[1]".utf8)).members.isEmpty)
    }

    // MARK: In a scenario

    /// A scenario whose data set is declared by some words, in a folder with records.
    private static func errors(_ data: String, cluster: String = "") throws -> [String] {
        let folder = try TemporaryFolder()
        try folder.write(#"{"id":1,"name":"Ada"}"#.utf8, to: "Fixtures/Records/person.json")
        try folder.write(#"{"id":2,"name":"Bob"}"#.utf8, to: "Fixtures/Records/other.json")
        try folder.write(#"{"id":1}"#.utf8, to: "Fixtures/Records/short.json")
        try folder.write("{\"id\":1,\n  \"ä\": nil}".utf8, to: "Fixtures/Records/wrong.json")
        let text = """
            scenario: Records
            cluster: { instances: 2, invalidation: announced, layers: [L1]\(cluster) }
            data:
              people: { keys: 3, \(data) }
            phases:
              - read: { data: people, by: every worker }
            checks: [serialisation]

            """
        let path = try folder.write(text.utf8, to: "Scenarios/a.yaml")
        do throws(ScenarioErrors) {
            _ = try ScenarioLoader().load(path)
            return []
        } catch {
            return error.diagnostics.map { $0.description.replacing(folder.path + "/", with: "") }
        }
    }

    static let declarations: [(data: String, cluster: String, errors: [String])] = [
        ("records: person", "", []),
        ("records: [person, other]", "", []),
        ("records: person, schemas: { 1: [id, name], 2: [id, { name: title }] }", ", application: [1, 2]", []),
        (
            "value: 1 KB", "",
            [
                "Scenarios/a.yaml:7:10: error: checks: found serialisation, which this scenario can never examine; "
                    + "expected data with records"
            ]
        ),
        (
            "records: persn", "",
            [
                #"Scenarios/a.yaml:4:31: error: data.people.records: found the record "persn", which does not exist; "#
                    + "expected one of other, person, short, wrong; did you mean person?"
            ]
        ),
        ("records: wrong", "", [#"Fixtures/Records/wrong.json:2:8: error: found "nil}"; expected a value"#]),
        (
            "schemas: { 1: [id] }", "",
            [
                """
                Scenarios/a.yaml:4:31: error: data.people.schemas: found schemas of no records; expected \
                records beside them
                """
            ]
        ),
        (
            "records: person, schemas: { 1: [id, nam] }", "",
            [
                #"""
                Scenarios/a.yaml:4:58: error: data.people.schemas.1: found "nam"; expected one of id, name; \#
                did you mean name?
                """#
            ]
        ),
        (
            "records: person, schemas: { 1: [id, { name: id }] }", "",
            [
                #"""
                Scenarios/a.yaml:4:58: error: data.people.schemas.1: found "id" for the second time; \#
                expected each member once
                """#
            ]
        ),
        (
            "records: person, schemas: { 1: [id, { name: schema }] }", "",
            [
                "Scenarios/a.yaml:4:58: error: data.people.schemas.1: found a member called schema; "
                    + "expected another name, for that one tells the version"
            ]
        ),
        (
            "records: [person, short], schemas: { 1: [id] }", "",
            [
                """
                Scenarios/a.yaml:4:57: error: data.people.schemas: found schemas of the records person and \
                short, which have 
                """
                    + "other members; expected records with the same members in the same order"
            ]
        ),
        (
            "records: person, schemas: { 2: [id] }", "",
            [
                """
                Scenarios/a.yaml:2:23: error: cluster.instances: found version 1 of the application, of \
                which the schemas of 
                """
                    + "people say nothing; expected a version with a schema: 2"
            ]
        ),
        (
            "records: person, schemas: { 1: [id] }", ", application: [1, 1, 1]",
            [
                "Scenarios/a.yaml:2:78: error: cluster.application: found 3 versions for 2 instances; "
                    + "expected at most one version for each instance"
            ]
        ),
        (
            "records: person", ", application: 2",
            [
                "Scenarios/a.yaml:2:78: error: cluster.application: found versions of the application that no data "
                    + "distinguishes; expected a data set with schemas, or no application"
            ]
        ),
    ]

    @Test("Records and schemas are found, and what is wrong with them is said", arguments: declarations)
    func declared(data: String, cluster: String, errors: [String]) throws {
        #expect(try Self.errors(data, cluster: cluster) == errors)
    }
}
