//! Settlement of deployment accounts: accrual, run-dry second, draw order.
