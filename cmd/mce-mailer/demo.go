package main

type demoCmd struct{}

func (c *demoCmd) Run(*env) error { return nil }
