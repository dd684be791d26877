import ArgumentParser
import CacheHierarchy
import Exploration
import Foundation
import History
import Reporting
import Scenarios

struct Explore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Search the schedules of scenarios for a violation, in the simulated world or on real processes.",
        discussion: """
            Each schedule is one order in which workers, messages and answers take their turns. They are drawn by \
            several strategies, on all cores, until a check is violated; what was found is shrunk, told step by step, \
            and can be replayed exactly. A pass says that none of the schedules that were run violates a check. The \
            first Ctrl-C ends the search, and what was found until then is still shrunk and told.

            A scenario with a subject is explored on its real processes and a private Redis: every message between them, \
            the origin and the workers is held, and let through one at a time. With --exhaustive every order within \
            --bound deviations from the usual one is visited.

            Of the reference cache, with --exhaustive every schedule of a scenario's scripts is visited, for tiny scopes: a pass is a certificate, \
            and the scope that it holds for is printed with it. If the budget is spent before, the verdict is unknown.
            """)

    @OptionGroup var files: ScenarioFiles
    @OptionGroup var only: VariantOption
    @OptionGroup var subject: SubjectOption

    @Flag(help: "Visit every schedule of the scenario's scripts, or say unknown.")
    var exhaustive = false

    @Option(
        help: ArgumentHelp(
            "Of a subject, with --exhaustive: how many deviations from the usual order at most.", valueName: "number"))
    var bound: Int?

    @Option(help: "How many schedules of each variant at most.")
    var schedules: Int?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "For how long at most, each variant: 10m. Without --schedules it alone decides.", valueName: "time"))
    var time: String?

    @Option(help: "The most that each worker does in a mix. Short runs are many runs.")
    var operations: Int?

    @Option(help: "Decides workloads and schedules. Without it: a new one, which is printed.")
    var seed: UInt64?

    @Option(help: "How many schedules (with --exhaustive: scenarios) to run at a time. Without it: one for each core.")
    var threads: Int?

    @OptionGroup var defect: DefectOption

    @Flag(help: "Go on after a violation, and tell all that are distinct, the shortest to read first.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "Write what was found into a file that coherence replay takes. Of several, the further ones get a number.",
            valueName: "file"))
    var save: String?

    @Option(help: "What to print on standard output: text or json.")
    var format: Run.Format = .text

    func validate() throws {
        if exhaustive {
            for (option, isGiven) in [
                ("--operations", operations != nil), ("--seed", seed != nil), ("--all", all),
            ] where isGiven {
                throw ValidationError(
                    "found \(option) with --exhaustive; expected it without, since scripts leave nothing to chance")
            }
        }
        if let bound {
            guard exhaustive else {
                throw ValidationError("found --bound without --exhaustive; expected them together")
            }
            guard (0...9).contains(bound) else {
                throw ValidationError("--bound takes a whole number from 0 to 9, not \(bound)")
            }
        }
        if let schedules, schedules < 1 {
            throw ValidationError("--schedules takes a whole number from 1, not \(schedules)")
        }
        if let operations, operations < 1 {
            throw ValidationError("--operations takes a whole number from 1, not \(operations)")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads takes a whole number from 1 to 1024, not \(threads)")
        }
        if let time, Duration(text: time) == nil {
            throw ValidationError("--for takes a duration such as 10m, not \(time)")
        }
    }

    func run() async throws {
        let (all, unnamed) = try files.loadForRunning()
        let declared = try subject.applied(to: only.chosen(of: all))
        let scenarios = declared.compactMap(Self.explorable)
        try check(scenarios)
        try defect.check(only.variants(of: declared), worlds: [.simulated])
        let interruption = Interruption()
        let chosenSeed = exhaustive ? 1 : seed ?? UInt64.random(in: 1...999_999_999)
        let plan = RunPlan(
            exploring: declared, seeds: [chosenSeed], variant: only.variant, unnamed: unnamed)
        let path = save
        let (explored, isSaved) = try await interruption.run {
            do {
                let files = try path.map { try FailureFiles(path: $0) }
                let report = try await explore(
                    scenarios, seed: chosenSeed, savingTo: files, isStopped: { interruption.isStopped })
                return Result<_, any Error>.success((report, files?.failure == nil))
            } catch {
                return .failure(error)
            }
        }.get()
        var report = explored
        report.signal = interruption.signal
        report.notRun = plan.notRun(without: explored)
        switch format {
        case .json: Console.output(document: try ExplorationJSONReport(report).encoded())
        case .text: Console.output(ExplorationTerminalReport(isColoured: Console.wantsColour).summary(report))
        }
        guard isSaved else { throw Ending.withoutOutput(report.exitCode) }
        throw ArgumentParser.ExitCode(report.exitCode.rawValue)
    }

    /// What of the call decides what is explored, for the line that explores it again.
    private var decisiveOptions: [String] {
        var options: [String] = []
        if let command = subject.subject { options.append("--subject \(ShellWord.quoted(command))") }
        if exhaustive { options.append("--exhaustive") }
        if let bound { options.append("--bound \(bound)") }
        if let operations { options.append("--operations \(operations)") }
        if let schedules { options.append("--schedules \(schedules)") }
        if let time { options.append("--for \(ShellWord.quoted(time))") }
        if all { options.append("--all") }
        return options
    }

    /// The scenario of a cluster; of anything else it is said that it is left out.
    private static func explorable(_ declared: DeclaredScenario) -> Scenario? {
        if declared.cluster == nil {
            Console.error(
                declared.name.printable
                    + ": not explored, because the instances of an event bridge are processes: coherence run has them")
        }
        return declared.cluster
    }

    private func explore(
        _ scenarios: [Scenario], seed: UInt64, savingTo savedFiles: FailureFiles?,
        isStopped: @escaping @Sendable () -> Bool
    ) async throws -> ExplorationReport {
        var report = ExplorationReport(version: Coherence.version, seed: seed, explorations: [])
        report.defects = defect.defects
        report.options = decisiveOptions
        let terminal = ExplorationTerminalReport(isColoured: Console.wantsColour)
        func take(_ explored: ScenarioExploration) throws {
            report.explorations.append(explored)
            let files = explored.failures.map { savedFiles?.save($0, of: explored) }
            if Console.isErrorTerminal { Console.clearProgress() }
            if format == .text { Console.output(terminal.block(explored, of: report, files: files)) }
        }
        for scenario in scenarios where scenario.subject == nil && !scenario.worlds.contains(.simulated) {
            Console.error("\(scenario.name.printable): not run in the world simulated")
        }
        func variants(_ isWanted: (Scenario) -> Bool) -> [ScenarioVariant] {
            scenarios.filter(isWanted).flatMap { $0.variants() }
                .filter { only.variant == nil || $0.label == only.variant }
        }
        for variant in variants({ $0.subject != nil }) where !isStopped() {
            try take(try await exploreGated(variant, seed: seed, isStopped: isStopped))
        }
        let variants = variants { $0.subject == nil && $0.worlds.contains(.simulated) }
        if exhaustive, !variants.isEmpty {
            try certify(variants, isStopped: isStopped, onResult: take)
        } else {
            for variant in variants where !isStopped() {
                try take(try explore(variant, seed: seed, isStopped: isStopped))
            }
        }
        return report
    }

    private func explore(
        _ variant: ScenarioVariant, seed: UInt64, isStopped: @escaping @Sendable () -> Bool
    ) throws -> ScenarioExploration {
        var configuration = ScenarioExplorer.Configuration(
            threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
        configuration.duration = time.flatMap { Duration(text: $0) }
        configuration.schedules = schedules ?? (time == nil ? 1_000 : Int.max / 2)
        configuration.operationsPerWorker = operations
        configuration.seed = seed
        configuration.defects = defect.defects
        configuration.findsAll = all
        configuration.isStopped = isStopped
        configuration.onProgress = progress(of: variant)
        return try ScenarioExplorer(configuration).explore(variant)
    }

    /// - Throws: if something is asked of a subject that it cannot be.
    private func check(_ scenarios: [Scenario]) throws {
        guard scenarios.contains(where: { $0.subject != nil }) else {
            if bound != nil {
                throw ValidationError("found --bound with the reference cache; expected it with a subject")
            }
            return
        }
        for (option, isGiven) in [("--operations", operations != nil), ("--threads", threads != nil)] where isGiven {
            throw ValidationError(
                "found \(option) with a subject; expected it without: its processes are explored one order at a time, "
                    + "with programs that grow by themselves")
        }
    }

    private func exploreGated(
        _ variant: ScenarioVariant, seed: UInt64, isStopped: @escaping @Sendable () -> Bool
    ) async throws -> ScenarioExploration {
        var configuration = GatedExplorer.Configuration()
        configuration.duration = time.flatMap { Duration(text: $0) }
        configuration.schedules = schedules ?? (time == nil && !exhaustive ? 2_000 : Int.max / 2)
        configuration.seed = seed
        configuration.findsAll = self.all
        configuration.bound = exhaustive ? bound ?? 3 : nil
        configuration.isStopped = isStopped
        configuration.onProgress = progress(of: variant)
        return try await GatedExplorer(configuration).explore(variant)
    }

    private func certify(
        _ variants: [ScenarioVariant], isStopped: @escaping @Sendable () -> Bool,
        onResult: (ScenarioExploration) throws -> Void
    ) throws {
        var chosen = ScenarioCertifier.Configuration()
        chosen.duration = time.flatMap { Duration(text: $0) }
        chosen.schedules = schedules ?? (time == nil ? chosen.schedules : Int.max / 2)
        chosen.defects = defect.defects
        chosen.isStopped = isStopped
        let queue = CertificationQueue(variants) { [self, chosen] variant in
            var configuration = chosen
            configuration.onProgress = progress(of: variant)
            return configuration
        }
        do {
            try queue.run(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, onResult: onResult)
        } catch let error as NothingToExplore {
            throw ValidationError("\(error)".printable)
        }
    }

    private func progress(of variant: ScenarioVariant) -> @Sendable (ScenarioExplorer.Progress) -> Void {
        guard Console.isErrorTerminal else { return { _ in } }
        let start = ContinuousClock.now
        let name = variant.scenario.name
        return { progress in
            let seconds = Double((ContinuousClock.now - start) / .seconds(1))
            Console.progress(ExplorationTerminalReport.progress(progress, of: name, seconds: seconds))
        }
    }
}
