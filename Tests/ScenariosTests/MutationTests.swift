import Foundation
import Simulation
import TestSupport
import Testing

@testable import Scenarios

@Suite("Damaged files", .computing)
struct MutationTests {
    /// Deletes, repeats, swaps, indents or garbles a line.
    private static func damage(_ lines: inout [String], _ generator: inout SeededRandom) {
        guard let index = lines.indices.randomElement(using: &generator) else { return }
        let marks = Array("{}[]:,-#&*!|>'\"%@` \t0x<\u{7F}é\u{E000}")
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: lines.remove(at: index)
        case 1: lines.insert(lines[index], at: index)
        case 2: lines.swapAt(index, lines.indices.randomElement(using: &generator)!)
        case 3: lines[index] = "  " + lines[index]
        case 4:
            let start = lines[index].indices.randomElement(using: &generator) ?? lines[index].endIndex
            lines[index].insert(marks.randomElement(using: &generator)!, at: start)
        case 5:
            guard let start = lines[index].indices.randomElement(using: &generator) else { return }
            lines[index].removeSubrange(start...)
        default:
            let words = lines[index].split(separator: " ", omittingEmptySubsequences: false).shuffled(using: &generator)
            lines[index] = words.joined(separator: " ")
        }
    }

    @Test("Two thousand damaged files are either valid or have errors with places inside the file")
    func damaged() throws {
        let files = ScenarioFilesTests.files + BridgeScenarioTests.files
        let originals = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
        let loader = ScenarioLoader(targetsFolder: packageFolder + "/Fixtures/Targets")
        var valid = 0
        for seed in 0..<2000 {
            var generator = SeededRandom(seed: UInt64(seed))
            var lines = originals[seed % originals.count].components(separatedBy: "\n")
            for _ in 0...Int.random(in: 0..<3, using: &generator) { Self.damage(&lines, &generator) }
            let text = lines.joined(separator: "\n")
            do throws(ScenarioErrors) {
                switch try loader.decodeAny(text, file: "damaged.yaml") {
                case .cluster(let scenario):
                    let isWhole =
                        !scenario.variants().isEmpty && !scenario.phases.isEmpty && !scenario.cluster.layers.isEmpty
                    #expect(isWhole, "seed \(seed)")
                case .bridge(let scenario):
                    #expect(!scenario.targets.isEmpty && scenario.bridge.events > 0, "seed \(seed)")
                }
                valid += 1
            } catch {
                #expect(!error.diagnostics.isEmpty, "seed \(seed)")
                for diagnostic in error.diagnostics {
                    let isInside = (1...max(1, lines.count)).contains(diagnostic.line) && diagnostic.column >= 1
                    #expect(isInside, "seed \(seed): \(diagnostic)")
                    #expect(!diagnostic.found.isEmpty && !diagnostic.expected.isEmpty, "seed \(seed)")
                }
            }
        }
        // Damage to comments and descriptions is harmless, most other damage is not.
        #expect((1..<1000).contains(valid))
    }
}
