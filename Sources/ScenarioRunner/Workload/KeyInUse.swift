import Scenarios

/// One key of a scenario's data.
///
/// An object, since plans name it thousands of times: handing it on is one reference, whatever it holds.
package final class KeyInUse: Sendable, Hashable {
    package let name: String
    let valueSize: Int
    package let tags: [String]
    /// What its values are made of; `nil` for anything.
    let record: Record?
    /// What each version of the application knows of the record; none if all of them know everything.
    let schemas: [RecordSchema]
    /// Of several applications, whose key it is: their values differ.
    let tenant: String

    init(
        name: String, valueSize: Int, tags: [String], record: Record? = nil, schemas: [RecordSchema] = [],
        tenant: String = ""
    ) {
        self.name = name
        self.valueSize = valueSize
        self.tags = tags
        self.record = record
        self.schemas = schemas
        self.tenant = tenant
    }

    package static func == (left: KeyInUse, right: KeyInUse) -> Bool {
        left === right
            || (left.name == right.name && left.tenant == right.tenant && left.valueSize == right.valueSize
                && left.tags == right.tags && left.record == right.record && left.schemas == right.schemas)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(tenant)
        hasher.combine(name)
    }
}
