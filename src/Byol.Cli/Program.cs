Console.WriteLine("byol");
