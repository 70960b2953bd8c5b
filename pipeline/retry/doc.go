// Package retry opens lookups of the failure ledger again, and tells beforehand what that would do and cost.
package retry
