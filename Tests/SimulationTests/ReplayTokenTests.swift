import Testing

@testable import Simulation

@Suite struct ReplayTokenTests {
    @Test("A token is equal after it was written and read")
    func roundTrip() throws {
        let codes: [UInt32] = [.max, 3 << 8, .max, .max, 1 << 8 | 2, 0, .max, 40 << 8]
        let token = ReplayToken(schedule: Schedule(seed: 77, codes: codes), traceHash: .max)
        #expect("\(token)" == "sim1-25-3w5e11264sgsf-1.3_2.1.2_0.0_1.14")
        #expect(try ReplayToken("\(token)") == token)
        let plain = ReplayToken(schedule: Schedule(seed: 0, codes: []), traceHash: 0)
        #expect(try ReplayToken("\(plain)") == plain)
    }

    @Test(
        "A text that is not a token is refused with the column of the error",
        arguments: [
            ("", "replay token, column 1: found \"\", expected sim1-SEED-HASH-CHOICES"),
            ("sim2-1-1-", "replay token, column 1: found \"sim2\", expected sim1, the version of the format"),
            ("sim1-!-1-", "replay token, column 6: found \"!\", expected the seed, a number in base 36"),
            ("sim1-1--", "replay token, column 8: found \"\", expected the trace's hash, a number in base 36"),
            ("sim1-1-1-1.2_3", "replay token, column 14: found \"3\", expected USUAL.TASK or USUAL.TASK.JOB"),
            ("sim1-1-1-1.?", "replay token, column 12: found \"?\", expected a task, a number in base 36"),
            (
                "sim1-1-1-0.1_1z141z3.0",
                "replay token, column 14: found \"1z141z3.0\", expected one of the first 16777216 decisions"
            ),
            ("sim1-1-1-1.1.zzz", "replay token, column 14: found \"zzz\", expected a task's job, a number in base 36"),
        ])
    func malformed(_ text: String, _ expected: String) throws {
        let error = try #require(throws: ReplayToken.Malformed.self) { try ReplayToken(text) }
        #expect(error.description == expected)
    }

    @Test("The schedule of another program is followed as far as it fits")
    func misfit() throws {
        let token = try ReplayToken("sim1-1-1-0.9_0.1_5.3.7")
        let run = try Simulation.replay(token) {
            await withDiscardingTaskGroup { group in
                for _ in 0..<2 { group.addTask { await Simulation.point("only") } }
            }
        }
        try run.get()
        #expect(run.trace.hash != token.traceHash)
    }
}
