import ArgumentParser
import CacheHierarchy
import History
import ScenarioRunner
import Scenarios

/// The deliberate bugs that a command gives to the cache.
struct DefectOption: ParsableArguments {
    @Option(
        name: .customLong("defect"),
        help: ArgumentHelp(
            "Give the cache a deliberate bug, to see that it is caught. May be given several times.", valueName: "name")
    )
    private var names: [Defect] = []

    var defects: Set<Defect> { Set(names) }

    /// What each bug is, by its name.
    static var explanations: [String: String] { Defect.allValueDescriptions }

    /// Says of each run which of the bugs changes nothing in it.
    /// - Throws: if that is so of one of the bugs in all runs: a pass would show nothing.
    func check(_ scenarios: [Scenario], worlds: [World]) throws {
        if scenarios.isEmpty, let defect = defects.first {
            throw ValidationError(
                "--defect: found \(defect.rawValue), which breaks nothing here: an event bridge has no cache")
        }
        for defect in defects.sorted(by: { $0.rawValue < $1.rawValue }) {
            let runs = scenarios.flatMap { scenario in
                scenario.worlds.filter(worlds.contains).map {
                    (scenario, obstacle: defect.obstacle(in: scenario, world: $0))
                }
            }
            let idle = runs.compactMap { run in run.obstacle.map { (run.0.name, reason: $0) } }
            guard let first = idle.first else { continue }
            guard idle.count < runs.count else {
                throw ValidationError(
                    "--defect: found \(defect.rawValue), which breaks nothing here: \(first.reason)".printable)
            }
            for (name, reason) in idle {
                Console.error("\(name): the defect \(defect.rawValue) breaks nothing here: \(reason)".printable)
            }
        }
    }
}

extension Defect: ExpressibleByArgument {
    /// What help says of each.
    public static var allValueDescriptions: [String: String] {
        Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.explanation) })
    }
}

extension Defect {
    /// What it is, in the words of its documentation: a test compares them.
    var explanation: String {
        switch self {
        case .staleFill:
            "A fill is not checked against the invalidations that happened while it was loading (no lease)."
        case .wrongLayerOrder:
            "Inner layers are dropped before outer ones, so that a reader refills them from the outside."
        case .lifetimeInversion:
            "An inner layer gives an entry its own full lifetime, whatever is left of it where it came from."
        case .tagTimeAfterLoad:
            "An entry's logical time is taken after its load, so that a tag invalidated meanwhile does not "
                + "concern it."
        case .batchToken:
            "A batch of loads takes one logical time for all of its keys, after it has asked the origin."
        case .missedWhileDisconnected:
            "What was kept while the connection to the bus was lost is trusted afterwards."
        case .forgottenPosition:
            "An instance that has lost its place in the stream of announcements reads on from the end, and "
                + "believes that nothing is missing."
        case .numberThroughDouble:
            "Redis is given values whose whole numbers went through a double, which holds no more than 53 bits of "
                + "them."
        case .lossyUnicode:
            "L3 keeps values as text, and stores equal texts the same: letters and their accents in one "
                + "character."
        case .foreignFormat:
            "An instance serves what a version of the application that it does not know has left in a layer."
        case .rawPrefix:
            "Names of keys in Redis begin with the application's name as it is, and so do the patterns that find "
                + "them."
        case .lostFields:
            "A writer replaces the whole row by the fields that its version of the application knows."
        case .warmRestart:
            "An instance that is started again trusts what it finds on its host's disk from before."
        case .lateFill:
            "The right to fill is forgotten with the lease: a fill that comes later is checked against nothing."
        case .impatientWriter:
            "A writer waits a millisecond for the others, and takes their silence for consent."
        case .leaseByOwnClock:
            "A writer takes the others for gone when its own clock shows a lease more than at its last sign of "
                + "life."
        case .laggingReplicaBelieved:
            "Whatever server answers is believed, one that was a replica and lags included."
        case .forgottenAnnouncement:
            "What was written while the shared tier was away is not announced afterwards."
        case .connectionPastManager:
            "Commands go through a pool of somebody's own, past the process's one manager."
        case .leakedConnection:
            "Each command opens one more connection under the manager's name, and leaves it open."
        }
    }
}
