// Package all is the registry of adapters: one line each.
package all

import (
	"slices"

	"vehiclebatch/vendors"
	"vehiclebatch/vendors/jumdata"
	"vehiclebatch/vendors/tencent"
	"vehiclebatch/vendors/wapi"
)

// Descriptors returns every vendor in the order in which they are printed. The
// caller may change the list.
func Descriptors() []vendors.Descriptor {
	return []vendors.Descriptor{
		wapi.Descriptor(),
		tencent.Descriptor(),
		jumdata.Descriptor(),
	}
}

// Find returns the vendor of a name as it stands in the configuration.
func Find(name string) (vendors.Descriptor, bool) {
	list := Descriptors()
	i := slices.IndexFunc(list, func(d vendors.Descriptor) bool { return d.Name == name })
	if i < 0 {
		return vendors.Descriptor{}, false
	}
	return list[i], true
}
