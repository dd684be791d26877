import ArgumentParser
import CacheHierarchy
import Exploration
import Foundation
import History
import Judging
import Reporting
import ScenarioRunner
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
    @OptionGroup var set: SetOption

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

    @OptionGroup var report: ReportOption

    @OptionGroup var keeping: KeepingOption

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
        let (all, unnamed) = try files.loadForRunning(set.overrides())
        let declared = try subject.applied(to: only.chosen(of: all))
        let scenarios = declared.compactMap(Self.explorable)
        try check(scenarios)
        try defect.check(only.variants(of: declared), worlds: [.simulated])
        let interruption = Interruption()
        let chosenSeed = exhaustive ? 1 : seed ?? UInt64.random(in: 1...999_999_999)
        let plan = RunPlan(
            exploring: declared, seeds: [chosenSeed], variant: only.variant, unnamed: unnamed)
        let path = save
        let reports = try ReportFiles(self.report, format: format)
        let isPrinting = format == .text && !reports.takesStandardOutput
        let circumstances = format == .json || !reports.isEmpty ? Circumstances.look() : nil
        let evidence = path == nil ? keeping.folder : nil
        let (explored, isSaved) = try await interruption.run {
            do {
                let files = try path.map { try FailureFiles(path: $0) }
                let report = try await explore(
                    scenarios, seed: chosenSeed, savingTo: files, evidence, isPrinting: isPrinting,
                    isStopped: { interruption.isStopped })
                return Result<_, any Error>.success((report, files?.failure == nil))
            } catch {
                return .failure(error)
            }
        }.get()
        var report = explored
        report.signal = interruption.signal
        report.circumstances = circumstances
        report.evidence = evidence?.kept ?? []
        if let failure = evidence?.failure { Console.error("coherence: not kept: \(failure.printable)") }
        report.notRun += plan.notRun(without: explored)
        if isPrinting {
            let terminal = ExplorationTerminalReport(isColoured: Console.wantsColour, width: Console.width)
            let lines = [terminal.summary(report)] + EvidenceFolder.lines(report.evidence)
            Console.output(report: lines.joined(separator: "\n"))
        }
        if format == .json { Console.output(document: try ExplorationJSONReport(report).encoded()) }
        let isWritten = reports.write(.exploration(report))
        guard isSaved, isWritten else { throw Ending.withoutOutput(report.exitCode) }
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
        _ scenarios: [Scenario], seed: UInt64, savingTo savedFiles: FailureFiles?, _ evidence: EvidenceFolder?,
        isPrinting: Bool,
        isStopped: @escaping @Sendable () -> Bool
    ) async throws -> ExplorationReport {
        var report = ExplorationReport(version: Coherence.version, seed: seed, explorations: [])
        report.defects = defect.defects
        report.options = decisiveOptions
        for scenario in scenarios where scenario.subject == nil && !scenario.worlds.contains(.simulated) {
            Console.error("\(scenario.name.printable): not run in the world simulated")
        }
        let wanted = scenarios.flatMap { $0.variants() }.filter { only.variant == nil || $0.label == only.variant }
        let onProcesses = wanted.filter { $0.scenario.subject != nil }
        let variants = wanted.filter { $0.scenario.subject == nil && $0.scenario.worlds.contains(.simulated) }
        let terminal = ExplorationTerminalReport(isColoured: Console.wantsColour, width: Console.width)
        let progress = ProgressLine(.standardError(), total: onProcesses.count + variants.count)
        func take(_ explored: ScenarioExploration) throws {
            report.explorations.append(explored)
            let files = explored.failures.map {
                savedFiles?.save($0, of: explored) ?? evidence?.keep($0, of: explored, seed: seed)
            }
            guard isPrinting else { return }
            progress.printing { Console.output(report: terminal.block(explored, of: report, files: files)) }
        }
        func place(_ variant: ScenarioVariant, number: Int) -> ExplorationProgress {
            var place = ExplorationProgress(
                variant.scenario.name, number: number, of: onProcesses.count + variants.count)
            place.failed = report.explorations.count { $0.verdict == .violation }
            return place
        }
        defer { progress.close() }
        for (index, variant) in onProcesses.enumerated() where !isStopped() {
            let place = place(variant, number: index + 1)
            do {
                try take(try await exploreGated(variant, place, progress, seed: seed, isStopped: isStopped))
            } catch let lack as SubjectLacks {
                let scenario = variant.scenario
                report.notRun.append(
                    NotRun(
                        name: scenario.name, file: scenario.file, world: .gated, seed: seed, reason: lack.reason))
            }
        }
        if exhaustive {
            if !variants.isEmpty { try certify(variants, progress, isStopped: isStopped, onResult: take) }
        } else {
            for (index, variant) in variants.enumerated() where !isStopped() {
                let place = place(variant, number: onProcesses.count + index + 1)
                try take(try explore(variant, place, progress, seed: seed, isStopped: isStopped))
            }
        }
        return report
    }

    private func explore(
        _ variant: ScenarioVariant, _ place: ExplorationProgress, _ progress: ProgressLine, seed: UInt64,
        isStopped: @escaping @Sendable () -> Bool
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
        var place = place
        place.schedules = schedules ?? (time == nil ? 1_000 : nil)
        place.seconds = configuration.duration.map { $0 / .seconds(1) }
        configuration.onProgress = Self.progress(place, progress)
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
        let refused = [
            ("--operations", operations != nil), ("--threads", threads != nil), ("--defect", !defect.defects.isEmpty),
        ]
        for (option, isGiven) in refused where isGiven {
            throw ValidationError(
                "found \(option) with a subject; expected it without: its processes are explored one order at a time, "
                    + "with programs that grow by themselves")
        }
    }

    private func exploreGated(
        _ variant: ScenarioVariant, _ place: ExplorationProgress, _ progress: ProgressLine, seed: UInt64,
        isStopped: @escaping @Sendable () -> Bool
    ) async throws -> ScenarioExploration {
        var configuration = GatedExplorer.Configuration()
        configuration.duration = time.flatMap { Duration(text: $0) }
        configuration.schedules = schedules ?? (time == nil && !exhaustive ? 2_000 : Int.max / 2)
        configuration.seed = seed
        configuration.findsAll = self.all
        configuration.bound = exhaustive ? bound ?? 3 : nil
        configuration.isStopped = isStopped
        var place = place
        place.schedules = schedules ?? (time == nil && !exhaustive ? 2_000 : nil)
        place.seconds = configuration.duration.map { $0 / .seconds(1) }
        configuration.onProgress = Self.progress(place, progress)
        return try await GatedExplorer(configuration).explore(variant)
    }

    private func certify(
        _ variants: [ScenarioVariant], _ progress: ProgressLine, isStopped: @escaping @Sendable () -> Bool,
        onResult: (ScenarioExploration) throws -> Void
    ) throws {
        var chosen = ScenarioCertifier.Configuration()
        chosen.duration = time.flatMap { Duration(text: $0) }
        chosen.schedules = schedules ?? (time == nil ? chosen.schedules : Int.max / 2)
        chosen.defects = defect.defects
        chosen.isStopped = isStopped
        // How many schedules a scope has is not known before they are visited.
        let numbers = Dictionary(variants.enumerated().map { ($1.scenario.name, $0 + 1) }) { first, _ in first }
        let queue = CertificationQueue(variants) { [chosen] variant in
            var configuration = chosen
            var place = ExplorationProgress(
                variant.scenario.name, number: numbers[variant.scenario.name] ?? 1, of: variants.count)
            place.seconds = chosen.duration.map { $0 / .seconds(1) }
            configuration.onProgress = Self.progress(place, progress)
            return configuration
        }
        do {
            try queue.run(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, onResult: onResult)
        } catch let error as NothingToExplore {
            throw ValidationError("\(error)".printable)
        }
    }

    private static func progress(
        _ place: ExplorationProgress, _ line: ProgressLine
    ) -> @Sendable (ScenarioExplorer.Progress) -> Void {
        let start = ContinuousClock.now
        return { progress in
            line.show { seconds in
                place.text(progress, elapsed: seconds, own: (ContinuousClock.now - start) / .seconds(1))
            }
        }
    }
}
