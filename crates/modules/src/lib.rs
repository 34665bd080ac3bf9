//! Native modules, one folder each of one shape.
