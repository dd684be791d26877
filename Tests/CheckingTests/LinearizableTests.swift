import Checking
import History
import Testing

@Suite("Linearizable, each key by the method that fits it")
struct LinearizableTests {
    /// One key with versions, one with unique values, one in which a value is written twice.
    static let three = """
        A1 write v 1        [-]
        A1 write v 2            [-]
        B2 read v 2                 [-]
        A1 write u #7       [-]
        A1 write u #8           [-]
        B2 read u #8                [-]
        A1 write r #7       [-]
        A1 write r #8           [-]
        A1 write r #7               [-]
        B2 read r #7                    [-]
        """

    @Test("Keys with versions, with unique values and with repeated ones are all judged")
    func all() {
        let history = diagram(Self.three)
        expectPass(Linearizable(), in: history)
        #expect(Linearizable().examine(history).examined == 10)
        #expect(LinearizableByVersions().examine(history).verdict == .unknown)
        #expect(LinearizableByZones().examine(history).verdict == .unknown)
    }

    @Test(
        "A stale read is found in each of them",
        arguments: [
            ("v", "B3 read v 1", [2, 11]), ("u", "B3 read u #7", [4, 5, 11]), ("r", "B3 read r #8", [8, 9, 11]),
        ])
    func violations(key: String, read: String, proof: [Int64]) throws {
        let history = diagram(Self.three + "\n\(read)                                  [-]")
        let report = Linearizable().examine(history)
        #expect(report.verdict == .violation)
        #expect(report.violationCount == 1)
        let violation = try #require(report.violations.first)
        #expect(violation.operations.contains { $0.id == 11 })
        #expect(violation.operations.allSatisfy { history.keys[Int($0.key)] == key })
    }

    @Test("A key whose search exceeds its budget of steps, of states, or any other, is not judged, and the others are")
    func budgets() {
        var bySteps = Linearizable()
        bySteps.search.maximumSteps = 2
        var byStates = Linearizable()
        byStates.search.maximumStates = 0
        for (budget, check) in [("steps", bySteps), ("states", byStates)] {
            let report = check.examine(diagram(Self.three))
            #expect(report.verdict == .unknown, "the budget of \(budget)")
            #expect(report.examined == 6, "the budget of \(budget)")
            #expect(report.reason == "the budget for \"r\" was spent", "the budget of \(budget)")
        }
        // Writes of one value, all at once, and a read of another: the search must try every order.
        let hard =
            (0..<10).map { "A\($0) write r #\(1 + $0 % 2) [------]" }.joined(separator: "\n") + "\nB30 read r #3     []"
        var spent = Linearizable()
        spent.search.isBudgetSpent = { true }
        #expect(spent.examine(diagram(hard)).verdict == .unknown)
        #expect(Linearizable().examine(diagram(hard)).verdict == .violation)
    }
}
