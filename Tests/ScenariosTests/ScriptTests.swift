import Testing

@testable import Scenarios

@Suite("Scripts: operations named one by one")
struct ScriptTests {
    /// The valid scenario with a script in place of its mix.
    static let mix =
        """
        - mix: { name: race, data: users, operations: 50 per worker, read: 90 %, write: 10 %, distribution: \
        zipf, skew: 1.1 }
        """

    static func errors(_ script: String) -> [String] { ValidScenario.errors(replacing: mix, by: "- " + script) }

    @Test("Each worker does what its list says, in that order")
    func decoded() throws {
        let text = ValidScenario.text.replacing(
            Self.mix,
            with: """
                - script:
                      name: race
                      workers:
                        - [read users, write users:9, delete plans:4, read users:2 plans users:1]
                        - []
                        - [invalidate users:0, invalidate-tag people]
                """
        ).replacing("workers: [1, 3]", with: "workers: [2, 3]")
        let scenario = try ScenarioLoader(targetsFolder: ValidScenario.noTables).decode(text, file: "script.yaml")
        guard case .script(let script) = scenario.phases[3].action else {
            Issue.record("\(scenario.phases[3])")
            return
        }
        #expect(scenario.phases[3].name == "race")
        #expect(
            script.workers == [
                [
                    .read("users:0"), .write("users:9"), .delete("plans:4"),
                    .readMany(["users:2", "plans:0", "users:1"]),
                ], [],
                [.invalidate("users:0"), .invalidateTag("people")],
            ])
    }

    @Test(
        "Each error is reported at its place",
        arguments: [
            (
                "script: { name: race, workers: [[reed users]] }",
                #"""
                20:38: error: phases.script.workers: found the operation "reed"; expected one of read, \#
                write, delete, 
                """#
                    + "invalidate, invalidate-tag; did you mean read?"
            ),
            (
                "script: { name: race, workers: [[read user]] }",
                #"""
                20:38: error: phases.script.workers: found the data set "user", which is not declared; \#
                expected one of 
                """#
                    + "users, plans; did you mean users?"
            ),
            (
                "script: { name: race, workers: [[read users:10]] }",
                #"20:38: error: phases.script.workers: found the key "users:10"; expected one of users:0 to users:9"#
            ),
            (
                "script: { name: race, workers: [[read]] }",
                #"""
                20:38: error: phases.script.workers: found "read"; expected an operation and what it is \#
                done to, such as 
                """#
                    + "read permissions:0, read permissions:0 permissions:1 or invalidate-tag user_session"
            ),
            (
                "script: { name: race, workers: [[write users users:1]] }",
                #"20:38: error: phases.script.workers: found "write users users:1"; expected an operation and "#
                    + "what it is done to, such as read permissions:0, read permissions:0 permissions:1 or "
                    + "invalidate-tag user_session"
            ),
            (
                "script: { name: race, workers: [[read users users:10]] }",
                #"20:38: error: phases.script.workers: found the key "users:10"; "#
                    + "expected one of users:0 to users:9"
            ),
            (
                "script: { name: race, workers: [[read users:1 users users:1]] }",
                #"20:38: error: phases.script.workers: found the key "users:1" twice; "#
                    + "expected each key once in a read"
            ),
            (
                "script: { name: race, workers: [[write users, invalidate-tag peeple]] }",
                #"""
                20:51: error: phases.script.workers: found the tag "peeple", which no data set has; \#
                expected people; 
                """#
                    + "did you mean people?"
            ),
            (
                "script: { name: race, workers: [[write users], [], [read users]] }",
                """
                20:56: error: phases.script.workers: found operations of worker 2; expected lists for at \
                most 2 workers, 
                """
                    + "which are counted from 0"
            ),
            (
                "script: { name: race, workers: [[], []] }",
                "20:13: error: phases.script: found a script of nothing; expected at least one operation"
            ),
            (
                "script: { name: race, wrokers: [[write users]] }",
                #"20:27: error: phases.script: found the unknown word "wrokers"; expected one of name, workers; "#
                    + "did you mean workers?"
            ),
        ])
    func error(script: String, message: String) {
        let found = Self.errors(script)
        #expect(found.contains("\(ValidScenario.file):\(message)"), "\(found.joined(separator: "\n"))")
    }

    @Test(
        "Every small scope of the package loads",
        arguments: (try? ScenarioLoader().scenarioFiles(under: packageFolder + "/Scenarios/SmallScope")) ?? [])
    func files(path: String) throws {
        let scenario = try ScenarioLoader().load(path)
        #expect(scenario.phases.contains { if case .script = $0.action { true } else { false } })
    }
}
