//! Pages, forms and API: parse a request, call one journey, render its outcome
