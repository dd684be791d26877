/// A declared experiment: a cluster, the data in it, what happens, and what must hold.
public struct Scenario: Sendable, Hashable {
    /// The name that the file gives; that of a variant carries its label.
    public var name: String
    /// The path of its file, as it was given to the loader.
    public var file: String
    /// What the file says under `describe`.
    public var description: String?
    /// What is at risk when it fails; `nil` if the file does not say so.
    public var impact: Impact?
    /// Whether it is run only if its file, or the folder that it lies in, is named: it takes long.
    public var isRunOnlyWhenNamed: Bool
    /// Where it may run, never empty.
    public var worlds: [World]
    /// Why it cannot be simulated, if it cannot and the file gives the reason.
    public var notSimulatedBecause: String?
    /// The cache under test; `nil` for the reference cache.
    public var subject: SubjectDeclaration?
    /// What a cache under test must offer, or the scenario is not run on it. The reference cache offers everything.
    public var requirements: [Requirement] = []
    /// The cluster that it runs on.
    public var cluster: Cluster
    /// In the order of the file, never empty. All of it exists in the origin before the first phase.
    public var data: [DataSet]
    /// In the order in which they run, never empty.
    public var phases: [Phase]
    /// What goes wrong on purpose while the phases run.
    public var faults: [Fault]
    /// What must hold, in the order of the file.
    public var checks: [CheckDeclaration]
    /// Those of the file itself and those it takes from tables.
    public var targets: [Target]
    /// What is varied. A ``Scenario`` of a variant varies nothing any more.
    public var variation: Variation
    /// The label of the variant that it is, as ``ScenarioVariant/label``; empty if nothing varied.
    public var variant = ""
    /// Words by which it is chosen among others, in the order of the file.
    public var labels: [String] = []
    /// What a caller has put in place of what the file says, as ``ScenarioOverride/text``.
    public var overrides: [String] = []
    /// The declared targets that are narrowed to a layer or an instance which this variant does without.
    public var targetsWithoutSubject: [Target] = []

    /// Makes a scenario; each argument is the property of the same name. Nothing is validated.
    public init(
        name: String,
        file: String,
        description: String? = nil,
        impact: Impact? = nil,
        isRunOnlyWhenNamed: Bool = false,
        worlds: [World] = [.live, .simulated],
        notSimulatedBecause: String? = nil,
        cluster: Cluster,
        data: [DataSet],
        phases: [Phase],
        faults: [Fault] = [],
        checks: [CheckDeclaration] = [],
        targets: [Target] = [],
        variation: Variation = Variation()
    ) {
        self.name = name
        self.file = file
        self.description = description
        self.impact = impact
        self.isRunOnlyWhenNamed = isRunOnlyWhenNamed
        self.worlds = worlds
        self.notSimulatedBecause = notSimulatedBecause
        self.cluster = cluster
        self.data = data
        self.phases = phases
        self.faults = faults
        self.checks = checks
        self.targets = targets
        self.variation = variation
    }

    /// The data set of that name.
    public func dataSet(named name: String) -> DataSet? { data.first { $0.name == name } }
}

/// What is at risk when a scenario fails, so that a report can add it up.
public struct Impact: Sendable, Hashable {
    /// Money that comes in each month and depends on the behaviour that a scenario tests.
    public struct Revenue: Sendable, Hashable {
        /// The amount of one month, in whole units of the currency (euros, not cents).
        public var perMonth: Double
        /// Three capital letters, as in ISO 4217: `EUR`.
        public var currency: String

        /// Makes a revenue.
        public init(perMonth: Double, currency: String) {
            self.perMonth = perMonth
            self.currency = currency
        }
    }

    /// The customers, by name, in the order of the file.
    public var protects: [String]
    /// The revenue, if the file states one.
    public var revenue: Revenue?

    /// Makes an impact.
    public init(protects: [String] = [], revenue: Revenue? = nil) {
        self.protects = protects
        self.revenue = revenue
    }
}

/// Where a scenario runs.
public enum World: String, Sendable, Hashable, CaseIterable {
    /// Virtual time, seeded schedules, an in-memory Redis: a failure replays exactly from its seed.
    case simulated
    /// The processes of a cache under test and a real Redis, with a gate on each way between them: the order of their
    /// messages is chosen. Scenarios are explored there, and do not declare it.
    case gated
    /// A real Redis, real disks, the real clock.
    case live

    /// Those that a scenario may name.
    public static let declarable: [World] = [.simulated, .live]
}
